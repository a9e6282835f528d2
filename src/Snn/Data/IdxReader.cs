using System.Buffers.Binary;
using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>
/// Reads the IDX format of MNIST and its kin. A file is two zero bytes, the element type (0x08, unsigned byte), the
/// number of dimensions, each dimension as a big-endian 32-bit number, and the elements, row-major.
/// </summary>
public static class IdxReader
{
    private const int ImagesMagic = 0x0803;
    private const int LabelsMagic = 0x0801;

    /// <summary>Reads a file of grey images [N, H, W] and the file of their labels [N]; either may be gzipped.</summary>
    /// <param name="imagesPath">The images' file.</param>
    /// <param name="labelsPath">The labels' file.</param>
    /// <param name="classes">How many classes there are: labels are 0 to <paramref name="classes"/> - 1.</param>
    /// <exception cref="InputException">A file is missing, unreadable or not what its format says.</exception>
    public static ImageSet Read(string imagesPath, string labelsPath, int classes) =>
        Parse(UnpackedFile.Read(imagesPath), UnpackedFile.Read(labelsPath), classes);

    internal static ImageSet Parse(UnpackedFile images, UnpackedFile labels, int classes)
    {
        var (shape, pixels) = Elements(images, ImagesMagic, "images (unsigned bytes in 3 dimensions)");
        var (length, classOf) = Elements(labels, LabelsMagic, "labels (unsigned bytes in 1 dimension)");
        if (length[0] != shape[0])
        {
            throw new InputException($"{labels.Name} holds {length[0]:N0} labels, expected {shape[0]:N0}: one for each image of {images.Name}");
        }

        for (var i = 0; i < classOf.Length; i++)
        {
            if (classOf.Span[i] >= classes)
            {
                throw new InputException($"{labels.Name} gives image {i} the label {classOf.Span[i]}, expected 0 to {classes - 1}");
            }
        }
        return new ImageSet(pixels, classOf, channels: 1, height: shape[1], width: shape[2], classes);
    }

    private static (int[] Shape, ReadOnlyMemory<byte> Elements) Elements(UnpackedFile file, int expectedMagic, string what)
    {
        var rank = expectedMagic & 0xff;
        var headerBytes = 4 + (4 * rank);
        ReadOnlySpan<byte> bytes = file.Bytes;
        if (bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) is uint magic && magic != expectedMagic)
        {
            throw new InputException($"{file.Name} begins with 0x{magic:x8}, expected 0x{expectedMagic:x8}: IDX {what}");
        }
        if (bytes.Length < headerBytes)
        {
            throw new InputException($"{file.Name} is truncated: it holds {bytes.Length:N0} bytes, expected an IDX header of {headerBytes}");
        }

        // Three dimensions of 32 bits overflow 64: a hostile header must not wrap around to the right size.
        var dimensions = new uint[rank];
        UInt128 elements = 1;
        for (var i = 0; i < rank; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 + (4 * i))..]);
            elements *= dimensions[i];
        }

        var shape = string.Join(" x ", dimensions);
        if (elements == 0)
        {
            throw new InputException($"{file.Name} is empty: its header says {shape}, expected {what}");
        }
        var expected = elements + (UInt128)headerBytes;
        if ((UInt128)bytes.Length != expected)
        {
            var fault = (UInt128)bytes.Length < expected ? "is truncated" : "has trailing bytes";
            throw new InputException($"{file.Name} {fault}: it holds {bytes.Length:N0} bytes, expected {expected:N0} for the {shape} of its header");
        }
        return (Array.ConvertAll(dimensions, d => (int)d), file.Bytes.AsMemory(headerBytes));
    }
}
