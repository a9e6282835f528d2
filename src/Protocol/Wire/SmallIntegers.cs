using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// Reals that are the whole numbers 0 to 255, as bytes and back. "Are" means bit for bit: a byte turned back into a
/// real must give the very same bits, which negative zeros, fractions, negative numbers and NaNs do not.
/// </summary>
internal static class SmallIntegers
{
    private const int Lanes = 16;

    /// <summary>Turns reals into bytes.</summary>
    /// <param name="values">The reals: float or double.</param>
    /// <param name="integers">Receives the bytes; at least as long. Meaningless when this returns false.</param>
    /// <param name="used">All the bytes' bits joined by "or".</param>
    /// <returns>Whether every value is a whole number from 0 to 255.</returns>
    public static bool TryNarrow<T>(ReadOnlySpan<T> values, Span<byte> integers, out byte used)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? TryNarrow(MemoryMarshal.Cast<T, float>(values), integers[..values.Length], out used)
            : TryNarrow(MemoryMarshal.Cast<T, double>(values), integers[..values.Length], out used);

    /// <summary>Turns bytes into reals, float or double, of the same number.</summary>
    public static void Widen<T>(ReadOnlySpan<byte> integers, Span<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Widen(integers, MemoryMarshal.Cast<T, float>(values[..integers.Length]));
        }
        else
        {
            Widen(integers, MemoryMarshal.Cast<T, double>(values[..integers.Length]));
        }
    }

    private static bool TryNarrow(ReadOnlySpan<float> values, Span<byte> integers, out byte used)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(integers);
        var lost = Vector256<uint>.Zero;
        var union = Vector128<byte>.Zero;
        var i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var lower = ToIntegers(Vector256.LoadUnsafe(ref source, (nuint)i), ref lost);
            var upper = ToIntegers(Vector256.LoadUnsafe(ref source, (nuint)i + 8), ref lost);
            var bytes = ToBytes(lower, upper);
            bytes.StoreUnsafe(ref target, (nuint)i);
            union |= bytes;
        }

        used = Union(union);
        for (; i < values.Length; i++)
        {
            var integer = (byte)values[i];
            if (BitConverter.SingleToUInt32Bits(integer) != BitConverter.SingleToUInt32Bits(values[i]))
            {
                return false;
            }

            integers[i] = integer;
            used |= integer;
        }

        return lost == Vector256<uint>.Zero;
    }

    private static bool TryNarrow(ReadOnlySpan<double> values, Span<byte> integers, out byte used)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(integers);
        var lost = Vector256<uint>.Zero;
        var union = Vector128<byte>.Zero;
        var i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var lower = ToIntegers(ToSingles(ref source, (nuint)i, ref lost), ref lost);
            var upper = ToIntegers(ToSingles(ref source, (nuint)i + 8, ref lost), ref lost);
            var bytes = ToBytes(lower, upper);
            bytes.StoreUnsafe(ref target, (nuint)i);
            union |= bytes;
        }

        used = Union(union);
        for (; i < values.Length; i++)
        {
            var integer = (byte)values[i];
            if (BitConverter.DoubleToUInt64Bits(integer) != BitConverter.DoubleToUInt64Bits(values[i]))
            {
                return false;
            }

            integers[i] = integer;
            used |= integer;
        }

        return lost == Vector256<uint>.Zero;
    }

    private static void Widen(ReadOnlySpan<byte> integers, Span<float> values)
    {
        ref var source = ref MemoryMarshal.GetReference(integers);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var (lower, upper) = ToSingles(Vector128.LoadUnsafe(ref source, (nuint)i));
            lower.StoreUnsafe(ref target, (nuint)i);
            upper.StoreUnsafe(ref target, (nuint)i + 8);
        }

        for (; i < values.Length; i++)
        {
            values[i] = integers[i];
        }
    }

    private static void Widen(ReadOnlySpan<byte> integers, Span<double> values)
    {
        ref var source = ref MemoryMarshal.GetReference(integers);
        ref var target = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var (lower, upper) = ToSingles(Vector128.LoadUnsafe(ref source, (nuint)i));
            Vector256.WidenLower(lower).StoreUnsafe(ref target, (nuint)i);
            Vector256.WidenUpper(lower).StoreUnsafe(ref target, (nuint)i + 4);
            Vector256.WidenLower(upper).StoreUnsafe(ref target, (nuint)i + 8);
            Vector256.WidenUpper(upper).StoreUnsafe(ref target, (nuint)i + 12);
        }

        for (; i < values.Length; i++)
        {
            values[i] = integers[i];
        }
    }

    /// <summary>Eight doubles as floats; a bit stays in <paramref name="lost"/> where one does not come back the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ToSingles(ref double source, nuint index, ref Vector256<uint> lost)
    {
        var lower = Vector256.LoadUnsafe(ref source, index);
        var upper = Vector256.LoadUnsafe(ref source, index + 4);
        var singles = Vector256.Narrow(lower, upper);
        lost |= Vector256.WidenLower(singles).AsUInt32() ^ lower.AsUInt32();
        lost |= Vector256.WidenUpper(singles).AsUInt32() ^ upper.AsUInt32();
        return singles;
    }

    /// <summary>Eight floats as integers; a bit stays in <paramref name="lost"/> where one is not the same, or not 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToIntegers(Vector256<float> values, ref Vector256<uint> lost)
    {
        // "Native": processors differ in what they make of a NaN or a number out of range, but none makes 0 to 255 of it
        // that would turn back into the same bits.
        var integers = Vector256.ConvertToInt32Native(values);
        lost |= Vector256.ConvertToSingle(integers).AsUInt32() ^ values.AsUInt32();
        lost |= integers.AsUInt32() & Vector256.Create(~(uint)byte.MaxValue);
        return integers.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> ToBytes(Vector256<uint> lower, Vector256<uint> upper)
    {
        var shorts = Vector256.Narrow(lower, upper);
        return Vector128.Narrow(shorts.GetLower(), shorts.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Lower, Vector256<float> Upper) ToSingles(Vector128<byte> integers)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Create(Vector128.WidenLower(integers), Vector128.WidenUpper(integers)));
        return (Vector256.ConvertToSingle(lower.AsInt32()), Vector256.ConvertToSingle(upper.AsInt32()));
    }

    private static byte Union(Vector128<byte> bytes)
    {
        var word = bytes.AsUInt64().GetElement(0) | bytes.AsUInt64().GetElement(1);
        word |= word >> 32;
        word |= word >> 16;
        return (byte)(word | (word >> 8));
    }
}
