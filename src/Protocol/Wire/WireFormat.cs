using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>How one type of message becomes bytes: a row of <see cref="MessageCodec"/>'s table.</summary>
internal sealed record WireFormat(
    string Manifest, Type Type, Func<IWireMessage, byte[]> Encode, Func<ReadOnlyMemory<byte>, IWireMessage> Decode)
{
    /// <summary>A small message: UTF-8 JSON.</summary>
    public static WireFormat Json<T>(string manifest, JsonTypeInfo<T> type)
        where T : class, IWireMessage =>
        new(
            manifest,
            typeof(T),
            message => JsonSerializer.SerializeToUtf8Bytes((T)message, type),
            bytes => FromJson(bytes, type));

    /// <summary>A frame: the layout of <see cref="FrameCodec"/>.</summary>
    public static WireFormat Frame<T>(string manifest, Func<PassId, TimeRange, FrameContent, T> create)
        where T : class, IFrame =>
        new(
            manifest,
            typeof(T),
            message => FrameCodec.Encode((T)message),
            bytes =>
            {
                var (pass, time, content) = FrameCodec.Decode(bytes);
                return create(pass, time, content);
            });

    /// <summary>A piece of a frame: the layout of <see cref="FrameChunkCodec"/>.</summary>
    public static WireFormat Chunk(string manifest) =>
        new(manifest, typeof(FrameChunk), message => FrameChunkCodec.Encode((FrameChunk)message), FrameChunkCodec.Decode);

    private static T FromJson<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, type) ?? throw new InvalidDataException("expected an object, got null");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException(malformed.Message, malformed);
        }
    }
}
