using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace SpikeTrail.Actors.Serialization;

/// <summary>
/// Stands in front of Akka.NET's serializer of miscellaneous messages, and lets through those that nodes send each other:
/// who are you, and are you there. What it keeps out could end actors from afar, or names a .NET type to make: a
/// <see cref="Status.Failure"/> carries its exception so.
/// </summary>
public sealed class NodeMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly HashSet<string> LetThrough =
    [
        "ID", // Identify
        "AID", // ActorIdentity
        "RWHB", // RemoteWatcher.Heartbeat
        "RWHR", // RemoteWatcher.HeartbeatRsp
    ];

    private readonly MiscMessageSerializer _all = new(system);

    /// <summary>That of the serializer it stands in front of.</summary>
    public override int Identifier => 16;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not let through.</exception>
    public override string Manifest(object o) => Known(_all.Manifest(o));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not let through.</exception>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return _all.ToBinary(obj);
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not let through.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => _all.FromBinary(bytes, Known(manifest));

    private static string Known(string manifest) => LetThrough.Contains(manifest)
        ? manifest
        : throw new SerializationException($"'{manifest}' is no message that one node may send another");
}
