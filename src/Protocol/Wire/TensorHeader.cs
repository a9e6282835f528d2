using System.Buffers.Binary;

namespace SpikeTrail.Protocol.Wire;

/// <summary>The first bytes of a payload; <see cref="TensorCodec"/> draws the whole of it.</summary>
/// <param name="Elements">What the elements are in memory.</param>
/// <param name="BitsPerElement">What each takes in the body: 0 (all are equal), 1 to 8 (small integers), or their full width.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct TensorHeader(ElementType Elements, int BitsPerElement, int Count)
{
    public const int Size = 8;

    private const byte Version = 1;

    /// <summary>Bytes of one element in memory.</summary>
    public int ElementSize => Elements == ElementType.Float32 ? sizeof(float) : sizeof(double);

    /// <summary>Bytes after the header.</summary>
    public long BodyLength => BitsPerElement == 0 ? ElementSize : (((long)Count * BitsPerElement) + 7) / 8;

    /// <summary>Writes the header to the front of <paramref name="payload"/>.</summary>
    public void Write(Span<byte> payload)
    {
        payload[0] = Version;
        payload[1] = (byte)Elements;
        payload[2] = (byte)BitsPerElement;
        payload[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], Count);
    }

    /// <summary>Reads the header of a whole payload and checks that the rest is as long as it says.</summary>
    /// <exception cref="InvalidDataException">It is not a payload of this version.</exception>
    public static TensorHeader Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Size)
        {
            throw new InvalidDataException($"a tensor payload starts with {Size} bytes of header, this one has {payload.Length} bytes in all");
        }

        if (payload[0] != Version)
        {
            throw new InvalidDataException($"tensor payload has version {payload[0]}, expected {Version}");
        }

        if (payload[1] is not ((byte)ElementType.Float32 or (byte)ElementType.Float64))
        {
            throw new InvalidDataException($"tensor payload has unknown element type {payload[1]}");
        }

        var header = new TensorHeader((ElementType)payload[1], payload[2], BinaryPrimitives.ReadInt32LittleEndian(payload[4..]));
        if ((header.BitsPerElement > 8 && header.BitsPerElement != 8 * header.ElementSize) || payload[3] != 0)
        {
            throw new InvalidDataException($"tensor payload of {header.Elements} has unknown encoding {payload[2]}/{payload[3]}");
        }

        if (header.Count < 0)
        {
            throw new InvalidDataException($"tensor payload claims {header.Count} elements");
        }

        var body = payload.Length - Size;
        return body == header.BodyLength
            ? header
            : throw new InvalidDataException(
                $"tensor payload of {header.Count} elements at {header.BitsPerElement} bits takes {header.BodyLength} bytes, got {body}");
    }
}
