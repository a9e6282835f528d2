using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>Reads the binary files of CIFAR-10 and CIFAR-100.</summary>
public static class CifarReader
{
    private const int Channels = 3;
    private const int Side = 32;

    internal const int ImageBytes = Channels * Side * Side;

    /// <summary>Reads files as one set, in the order given; each may be gzipped.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="layout">What a record looks like.</param>
    /// <exception cref="InputException">A file is missing, unreadable or not of this layout.</exception>
    public static ImageSet Read(IEnumerable<string> paths, CifarLayout layout) =>
        Parse([.. paths.Select(path => UnpackedFile.Read(path))], layout);

    internal static ImageSet Parse(IReadOnlyList<UnpackedFile> files, CifarLayout layout)
    {
        foreach (var file in files)
        {
            CheckLength(file, layout);
        }

        var count = files.Sum(file => file.Bytes.Length / layout.RecordBytes);
        var pixels = new byte[checked(count * ImageBytes)];
        var labels = new byte[count];
        var image = 0;
        foreach (var file in files)
        {
            for (var at = 0; at < file.Bytes.Length; at += layout.RecordBytes, image++)
            {
                ReadOnlySpan<byte> record = file.Bytes.AsSpan(at, layout.RecordBytes);
                labels[image] = Label(file, record, at / layout.RecordBytes, layout);
                record[^ImageBytes..].CopyTo(pixels.AsSpan(image * ImageBytes));
            }
        }
        return new ImageSet(pixels, labels, Channels, Side, Side, layout.Classes);
    }

    private static void CheckLength(UnpackedFile file, CifarLayout layout)
    {
        if (file.Bytes.Length == 0)
        {
            throw new InputException($"{file.Name} is empty, expected records of {layout.RecordBytes:N0} bytes");
        }
        var rest = file.Bytes.Length % layout.RecordBytes;
        if (rest != 0)
        {
            throw new InputException($"{file.Name} is truncated: its {file.Bytes.Length:N0} bytes end {rest:N0} bytes into a record, expected records of {layout.RecordBytes:N0}");
        }
    }

    private static byte Label(UnpackedFile file, ReadOnlySpan<byte> record, int index, CifarLayout layout)
    {
        for (var i = 0; i < layout.LabelRanges.Count; i++)
        {
            if (record[i] >= layout.LabelRanges[i])
            {
                throw new InputException($"{file.Name} gives image {index} the label {record[i]}, expected 0 to {layout.LabelRanges[i] - 1}");
            }
        }
        return record[layout.LabelRanges.Count - 1];
    }
}
