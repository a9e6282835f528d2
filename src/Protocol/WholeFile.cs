namespace SpikeTrail.Protocol;

/// <summary>
/// Writes files that are either whole or not there: beside their place, flushed to disk, then renamed. Two processes may write
/// the same file at the same time: each writes beside it under a name of its own.
/// </summary>
public static class WholeFile
{
    private const string Ending = ".part";

    /// <summary>Writes a file through a stream, replacing the one before.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var beside = $"{path}.{Path.GetRandomFileName()}{Ending}";
        using (var stream = File.Create(beside))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Removes what writers that were killed left beside a folder's files. What cannot be removed stays.</summary>
    public static void Sweep(string folder)
    {
        foreach (var left in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            try
            {
                File.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A file too many does no harm.
            }
        }
    }

    /// <summary>Writes a text file, UTF-8 without a mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
