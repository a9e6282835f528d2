using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;

namespace SpikeTrail.Snn.Tests.Data;

/// <summary>A folder that a test fills with small data files; it goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("spiketrail-data-").FullName;

    /// <summary>An IDX file: magic, dimensions, elements.</summary>
    public static byte[] Idx(uint magic, uint[] dimensions, byte[] elements)
    {
        var header = new byte[4 + (4 * dimensions.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(header, magic);
        for (var i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        }
        return [.. header, .. elements];
    }

    /// <summary>A CIFAR record: labels, then 3,072 equal pixels.</summary>
    public static byte[] Record(byte[] labels, byte pixel) => [.. labels, .. Enumerable.Repeat(pixel, 3_072)];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    public static byte[] TarGz(params (string Name, byte[] Bytes)[] entries)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }
        return Gzip(packed.ToArray());
    }

    /// <summary>Writes a file, with the folders above it, and gives its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
