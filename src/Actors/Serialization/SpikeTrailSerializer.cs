using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Serialization;

/// <summary>Sends and journals every <see cref="IWireMessage"/> as <see cref="MessageCodec"/> writes it.</summary>
/// <remarks>A frame that is sent away gives up its tensor: what arrives holds a <see cref="PackedTensor"/>.</remarks>
public sealed class SpikeTrailSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Written beside every serialized message: never change it.</summary>
    public override int Identifier => 7301;

    /// <inheritdoc/>
    public override string Manifest(object o) => MessageCodec.ManifestOf(OnTheWire(o));

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => MessageCodec.Encode(OnTheWire(obj));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The manifest is unknown, or the bytes are not such a message.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return MessageCodec.Decode(manifest, bytes);
        }
        catch (InvalidDataException malformed)
        {
            // What Akka.NET expects of a serializer: it drops the message and keeps the connection.
            throw new SerializationException(malformed.Message, malformed);
        }
    }

    private static IWireMessage OnTheWire(object message) =>
        message as IWireMessage ?? throw new ArgumentException($"{message.GetType()} is not a message for the wire", nameof(message));
}
