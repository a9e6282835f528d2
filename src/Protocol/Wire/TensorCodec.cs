using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// A tensor's elements as bytes and back, bit for bit: NaN payloads, negative zeros and denormals survive. The values
/// decide how much room they take: spikes (+0.0 and 1.0) one bit each, whole numbers up to 255 their fewest bits, a
/// tensor of one value a dozen bytes, and anything else its own size.
/// </summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0       1     version: 1
/// 1       1     element type: 1 float32, 2 float64
/// 2       1     bits per element in the body
/// 3       1     zero
/// 4       4     count of elements
/// 8             body, by bits per element:
///                 0         the one element that all are equal to
///                 1 … 8     whole numbers; element i lies in bits [i·b, (i+1)·b), lowest bit of the first byte
///                           first; the bits left over in the last byte are zero
///                 32 or 64  the elements, IEEE 754
/// </code>
/// Everything is little-endian, as is every machine that libtorch runs on.
/// </remarks>
public static class TensorCodec
{
    // Elements narrowed at a time: enough to forget the loop around it, few enough to stay in the first-level cache.
    private const int Chunk = 4096;

    /// <summary>The elements as bytes.</summary>
    /// <exception cref="ArgumentException">They do not fit one array of bytes (2 GiB).</exception>
    public static byte[] Encode(ReadOnlySpan<float> values) => Encode(values, ElementType.Float32);

    /// <inheritdoc cref="Encode(ReadOnlySpan{float})"/>
    public static byte[] Encode(ReadOnlySpan<double> values) => Encode(values, ElementType.Float64);

    /// <summary>Restores elements that were encoded as float32.</summary>
    /// <param name="payload">What <see cref="Encode(ReadOnlySpan{float})"/> gave.</param>
    /// <param name="values">Receives the elements; exactly as long as <see cref="CountOf"/> says.</param>
    /// <exception cref="InvalidDataException">The payload is damaged, or is not of this many elements of this type.</exception>
    public static void Decode(ReadOnlySpan<byte> payload, Span<float> values) => Decode(payload, values, ElementType.Float32);

    /// <summary>Restores elements that were encoded as float64.</summary>
    /// <param name="payload">What <see cref="Encode(ReadOnlySpan{double})"/> gave.</param>
    /// <param name="values">Receives the elements; exactly as long as <see cref="CountOf"/> says.</param>
    /// <exception cref="InvalidDataException">The payload is damaged, or is not of this many elements of this type.</exception>
    public static void Decode(ReadOnlySpan<byte> payload, Span<double> values) => Decode(payload, values, ElementType.Float64);

    /// <summary>How many elements a payload holds.</summary>
    /// <exception cref="InvalidDataException">The payload is damaged.</exception>
    public static int CountOf(ReadOnlySpan<byte> payload) => TensorHeader.Read(payload).Count;

    /// <summary>Which elements a payload holds.</summary>
    /// <exception cref="InvalidDataException">The payload is damaged.</exception>
    public static ElementType ElementsOf(ReadOnlySpan<byte> payload) => TensorHeader.Read(payload).Elements;

    private static byte[] Encode<T>(ReadOnlySpan<T> values, ElementType elements)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var header = new TensorHeader(elements, BitsPerElement(values), values.Length);
        var length = TensorHeader.Size + header.BodyLength;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException($"{values.Length} elements of {elements} do not fit one payload", nameof(values));
        }

        var payload = GC.AllocateUninitializedArray<byte>((int)length);
        header.Write(payload);
        var body = payload.AsSpan(TensorHeader.Size);
        switch (header.BitsPerElement)
        {
            case 0:
                bytes[..header.ElementSize].CopyTo(body);
                break;
            case <= 8:
                PackIntegers(values, header.BitsPerElement, body);
                break;
            default:
                bytes.CopyTo(body);
                break;
        }

        return payload;
    }

    private static void Decode<T>(ReadOnlySpan<byte> payload, Span<T> values, ElementType elements)
        where T : unmanaged
    {
        var header = TensorHeader.Read(payload);
        if (header.Elements != elements)
        {
            throw new InvalidDataException($"tensor payload holds {header.Elements}, expected {elements}");
        }

        if (header.Count != values.Length)
        {
            throw new InvalidDataException($"tensor payload holds {header.Count} elements, expected {values.Length}");
        }

        var body = payload[TensorHeader.Size..];
        switch (header.BitsPerElement)
        {
            case 0:
                values.Fill(MemoryMarshal.Read<T>(body));
                break;
            case <= 8:
                UnpackIntegers(body, header.BitsPerElement, values);
                break;
            default:
                body.CopyTo(MemoryMarshal.AsBytes(values));
                break;
        }
    }

    /// <summary>The fewest bits that hold every value. Real numbers give themselves away in the first few.</summary>
    private static int BitsPerElement<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (AllEqual(values))
        {
            return 0;
        }

        byte used = 0;
        Span<byte> integers = stackalloc byte[Chunk];
        for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
        {
            if (!SmallIntegers.TryNarrow(values[..Math.Min(Chunk, values.Length)], integers, out var usedHere))
            {
                return 8 * Unsafe.SizeOf<T>();
            }

            used |= usedHere;
        }

        // Here Log2(0) is 0: no values at all count as spikes.
        return BitOperations.Log2(used) + 1;
    }

    // Equal as bits: as numbers, zeros of both signs are equal and a NaN is not equal to itself.
    private static bool AllEqual<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (values.IsEmpty)
        {
            return false;
        }

        if (Unsafe.SizeOf<T>() == sizeof(uint))
        {
            var bits = MemoryMarshal.Cast<T, uint>(values);
            return !bits.ContainsAnyExcept(bits[0]);
        }
        else
        {
            var bits = MemoryMarshal.Cast<T, ulong>(values);
            return !bits.ContainsAnyExcept(bits[0]);
        }
    }

    private static void PackIntegers<T>(ReadOnlySpan<T> values, int width, Span<byte> body)
        where T : unmanaged
    {
        Span<byte> integers = stackalloc byte[Chunk];
        while (!values.IsEmpty)
        {
            var count = Math.Min(Chunk, values.Length);
            var length = BitPacking.PackedLength(count, width);
            SmallIntegers.TryNarrow(values[..count], integers, out _);
            BitPacking.Pack(integers[..count], width, body[..length]);
            values = values[count..];
            body = body[length..];
        }
    }

    private static void UnpackIntegers<T>(ReadOnlySpan<byte> body, int width, Span<T> values)
        where T : unmanaged
    {
        var usedInLastByte = (int)((long)values.Length * width % 8);
        if (usedInLastByte != 0 && body[^1] >> usedInLastByte != 0)
        {
            throw new InvalidDataException("tensor payload has bits set after its last element");
        }

        Span<byte> integers = stackalloc byte[Chunk];
        while (!values.IsEmpty)
        {
            var count = Math.Min(Chunk, values.Length);
            var length = BitPacking.PackedLength(count, width);
            BitPacking.Unpack(body[..length], width, integers[..count]);
            SmallIntegers.Widen(integers[..count], values[..count]);
            values = values[count..];
            body = body[length..];
        }
    }
}
