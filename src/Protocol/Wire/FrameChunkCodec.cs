using System.Buffers.Binary;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// Chunks of frames as bytes.
/// <code>
/// offset  size  field
/// 0       8     pass
/// 8       1     direction: 0 forward, 1 backward
/// 9       8     which frame of the link
/// 17      4     where the piece begins in the frame
/// 21      4     bytes of the whole frame
/// 25      4     bytes of the piece, n
/// 29      n     the piece
/// </code>
/// Integers are signed and little-endian.
/// </summary>
internal static class FrameChunkCodec
{
    private const int HeaderSize = 29;

    public static byte[] Encode(FrameChunk chunk)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(HeaderSize + chunk.Bytes.Length);
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(span, chunk.Pass.Value);
        span[8] = (byte)chunk.Direction;
        BinaryPrimitives.WriteInt64LittleEndian(span[9..], chunk.Frame);
        BinaryPrimitives.WriteInt32LittleEndian(span[17..], chunk.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(span[21..], chunk.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[25..], chunk.Bytes.Length);
        chunk.Bytes.Span.CopyTo(span[HeaderSize..]);
        return bytes;
    }

    /// <summary>Reads a chunk. Its piece is not copied: it is a slice of <paramref name="bytes"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a chunk, or not one that a frame of its length can have.</exception>
    public static FrameChunk Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeaderSize)
        {
            throw new InvalidDataException($"a chunk starts with {HeaderSize} bytes of header, this one has {span.Length} bytes in all");
        }

        if (span[8] > (byte)Direction.Backward)
        {
            throw new InvalidDataException($"a chunk travels forward or backward, not {span[8]}");
        }

        var (offset, length, count) = (
            BinaryPrimitives.ReadInt32LittleEndian(span[17..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[21..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[25..]));
        if (count != span.Length - HeaderSize)
        {
            throw new InvalidDataException($"a chunk claims {count} bytes and has {span.Length - HeaderSize}");
        }

        if (count == 0 || count > length || offset < 0 || offset > length - count)
        {
            throw new InvalidDataException($"a frame of {length} bytes cannot have {count} from {offset}");
        }

        return new FrameChunk(
            new PassId(BinaryPrimitives.ReadInt64LittleEndian(span)),
            (Direction)span[8],
            BinaryPrimitives.ReadInt64LittleEndian(span[9..]),
            offset,
            length,
            bytes[HeaderSize..]);
    }
}
