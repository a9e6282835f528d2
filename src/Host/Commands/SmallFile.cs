using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>Files that a key or an option names: read whole, or refused in a line that names the file.</summary>
internal static class SmallFile
{
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                error is FileNotFoundException or DirectoryNotFoundException ? $"{path}: there is no such file" : $"{path}: cannot be read: {error.Message}", error);
        }
    }
}
