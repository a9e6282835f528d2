using System.IO.Compression;
using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>The contents of a data file, gzip undone.</summary>
/// <param name="Name">What an error calls it: its path, or its name and the archive's.</param>
/// <param name="Bytes">The contents.</param>
internal sealed record UnpackedFile(string Name, byte[] Bytes)
{
    /// <summary>More than any image file in use has; a file beyond it is a mistake, or a gzip bomb.</summary>
    private const long Largest = 1L << 30;

    private const int ChunkBytes = 1 << 20;

    /// <summary>Reads a file whose size is not known beforehand.</summary>
    /// <exception cref="InputException">It is missing, unreadable, damaged or beyond all measure.</exception>
    public static UnpackedFile Read(string path) => Guard(path, () =>
    {
        using var stream = Open(path);
        var bytes = ReadUpTo(stream, Largest + 1);
        return bytes.Length <= Largest
            ? new UnpackedFile(path, bytes)
            : throw new InputException($"{path} holds more than {Largest:N0} bytes, expected a data file");
    });

    /// <summary>Reads a file of known size.</summary>
    /// <exception cref="InputException">It is missing, unreadable, damaged, too short or too long.</exception>
    public static UnpackedFile Read(string path, long expected) => Guard(path, () =>
    {
        using var stream = Open(path);
        return Read(stream, path, expected);
    });

    /// <summary>Reads a stream of known size; <paramref name="name"/> is what an error calls it.</summary>
    /// <exception cref="InputException">It is too short or too long.</exception>
    public static UnpackedFile Read(Stream stream, string name, long expected)
    {
        // A length that the stream knows costs no reading; one more byte than expected tells the rest.
        var bytes = stream.CanSeek && stream.Length != expected ? [] : ReadUpTo(stream, expected + 1);
        var actual = stream.CanSeek ? stream.Length : bytes.Length;
        return actual == expected ? new(name, bytes)
            : actual < expected ? throw new InputException($"{name} is truncated: it holds {actual:N0} bytes, expected {expected:N0}")
            : throw new InputException($"{name} has trailing bytes: it holds {(stream.CanSeek ? "" : "at least ")}{actual:N0} bytes, expected {expected:N0}");
    }

    /// <summary>A file as a stream of its unpacked bytes: gzip is told by the first two bytes, whatever the name.</summary>
    public static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>Runs what reads a file, and says what went wrong in one line that names it.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"{path} cannot be read: permission denied", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InputException($"{path} is damaged: its gzip or tar data cannot be unpacked", e);
        }
        catch (IOException e)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Memory grows with what has really arrived, never with what a header promises.</summary>
    private static byte[] ReadUpTo(Stream stream, long limit)
    {
        if (stream.CanSeek)
        {
            var bytes = new byte[Math.Min(stream.Length, limit)];
            stream.ReadExactly(bytes);
            return bytes;
        }

        using var contents = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        while (contents.Length < limit)
        {
            var read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, limit - contents.Length));
            if (read == 0)
            {
                break;
            }
            contents.Write(chunk, 0, read);
        }
        return contents.ToArray();
    }
}
