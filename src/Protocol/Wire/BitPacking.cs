using System.Buffers.Binary;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// Bytes that use only their lowest bits, laid end to end and taken apart again. Eight bytes are one 64-bit word of
/// eight fields; three shifts close the gaps between neighbours, pairs and fours, and three open them again.
/// </summary>
internal static class BitPacking
{
    private const int GroupSize = 8;
    private const ulong EvenBytes = 0x00FF_00FF_00FF_00FF;
    private const ulong EvenPairs = 0x0000_FFFF_0000_FFFF;
    private const ulong EvenFours = 0x0000_0000_FFFF_FFFF;

    /// <summary>Bytes that <paramref name="count"/> fields of <paramref name="width"/> bits take.</summary>
    public static int PackedLength(int count, int width) => ((count * width) + 7) / 8;

    /// <summary>Packs bytes below 2^<paramref name="width"/>; bits left over in the last byte are zero.</summary>
    public static void Pack(ReadOnlySpan<byte> integers, int width, Span<byte> packed)
    {
        // Whole words: each writes 8 bytes, of which the next word overwrites what lies past the first `width`.
        while (integers.Length >= GroupSize && packed.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(packed, Close(BinaryPrimitives.ReadUInt64LittleEndian(integers), width));
            integers = integers[GroupSize..];
            packed = packed[width..];
        }

        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!integers.IsEmpty)
        {
            var count = Math.Min(GroupSize, integers.Length);
            word.Clear();
            integers[..count].CopyTo(word);
            BinaryPrimitives.WriteUInt64LittleEndian(word, Close(BinaryPrimitives.ReadUInt64LittleEndian(word), width));
            var length = PackedLength(count, width);
            word[..length].CopyTo(packed);
            integers = integers[count..];
            packed = packed[length..];
        }
    }

    /// <summary>Restores as many bytes as <paramref name="integers"/> is long.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int width, Span<byte> integers)
    {
        while (integers.Length >= GroupSize && packed.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(integers, Open(BinaryPrimitives.ReadUInt64LittleEndian(packed), width));
            integers = integers[GroupSize..];
            packed = packed[width..];
        }

        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!integers.IsEmpty)
        {
            var count = Math.Min(GroupSize, integers.Length);
            var length = PackedLength(count, width);
            word.Clear();
            packed[..length].CopyTo(word);
            BinaryPrimitives.WriteUInt64LittleEndian(word, Open(BinaryPrimitives.ReadUInt64LittleEndian(word), width));
            word[..count].CopyTo(integers);
            integers = integers[count..];
            packed = packed[length..];
        }
    }

    private static ulong Close(ulong word, int width)
    {
        var gap = 8 - width;
        word = (word & EvenBytes) | ((word & ~EvenBytes) >> gap);
        word = (word & EvenPairs) | ((word & ~EvenPairs) >> (2 * gap));
        return (word & EvenFours) | ((word & ~EvenFours) >> (4 * gap));
    }

    private static ulong Open(ulong word, int width)
    {
        // What a field does not reach is shifted out of its way first, then masked off at the end of each step.
        var gap = 8 - width;
        var four = (1UL << (4 * width)) - 1;
        var pair = ((1UL << (2 * width)) - 1) * 0x0000_0001_0000_0001;
        var one = ((1UL << width) - 1) * 0x0001_0001_0001_0001;
        word = (word & four) | ((word << (4 * gap)) & (four << 32));
        word = (word & pair) | ((word << (2 * gap)) & (pair << 16));
        return (word & one) | ((word << gap) & (one << 8));
    }
}
