namespace SpikeTrail.Protocol;

/// <summary>Writes files that are either whole or not there: beside their place, flushed to disk, then renamed.</summary>
public static class WholeFile
{
    /// <summary>Writes a file through a stream, replacing the one before.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var beside = path + ".part";
        using (var stream = File.Create(beside))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Writes a text file, UTF-8 without a mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
