using System.Buffers.Binary;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// Frames as bytes. Which frame it is stands in the manifest, the element type and count in the payload.
/// <code>
/// offset   size  field
/// 0        8     pass
/// 8        4     first time step
/// 12       4     count of time steps
/// 16       1     rank R, at most 8
/// 17       8·R   shape
/// 17+8·R         payload, see TensorCodec
/// </code>
/// Integers are signed (the rank is not) and little-endian.
/// </summary>
internal static class FrameCodec
{
    private const int FixedSize = 17;

    public static byte[] Encode(IFrame frame)
    {
        var content = frame.Content switch
        {
            PackedTensor packed => packed,
            IPackableContent live => live.Pack(),
            var other => throw new ArgumentException($"{other.GetType()} is a frame content that cannot become bytes", nameof(frame)),
        };

        var payloadAt = FixedSize + (sizeof(long) * content.Shape.Count);
        var bytes = GC.AllocateUninitializedArray<byte>(payloadAt + content.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, frame.Pass.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), frame.Time.Start);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), frame.Time.Count);
        bytes[16] = (byte)content.Shape.Count;
        for (var axis = 0; axis < content.Shape.Count; axis++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(FixedSize + (sizeof(long) * axis)), content.Shape[axis]);
        }

        content.Payload.Span.CopyTo(bytes.AsSpan(payloadAt));
        return bytes;
    }

    /// <summary>Reads a frame's parts. The tensor's payload is not copied: it is a slice of <paramref name="bytes"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a frame.</exception>
    public static (PassId Pass, TimeRange Time, PackedTensor Content) Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < FixedSize)
        {
            throw new InvalidDataException($"a frame starts with {FixedSize} bytes of header, this one has {span.Length} bytes in all");
        }

        var pass = new PassId(BinaryPrimitives.ReadInt64LittleEndian(span));
        var time = new TimeRange(BinaryPrimitives.ReadInt32LittleEndian(span[8..]), BinaryPrimitives.ReadInt32LittleEndian(span[12..]));
        if (time.Start < 0 || time.Count < 0 || time.Start > int.MaxValue - time.Count)
        {
            throw new InvalidDataException($"a frame cannot carry {time.Count} time steps from {time.Start}");
        }

        var payloadAt = FixedSize + (sizeof(long) * span[16]);
        if (span[16] > PackedTensor.MaxRank || span.Length < payloadAt)
        {
            throw new InvalidDataException($"a frame of {span.Length} bytes cannot have {span[16]} dimensions");
        }

        var shape = new long[span[16]];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = BinaryPrimitives.ReadInt64LittleEndian(span[(FixedSize + (sizeof(long) * axis))..]);
        }

        var payload = bytes[payloadAt..];
        return (pass, time, new PackedTensor(shape, TensorCodec.ElementsOf(payload.Span), payload));
    }
}
