using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Hosting;

/// <summary>A campaign's folder while a process works in it: nobody else may.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly FileStream _lock;

    private OutputFolder(FileStream held) => _lock = held;

    /// <summary>Makes the folder where it is missing, and takes it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="called">What error messages call it; by default the option that names it.</param>
    /// <exception cref="InputException">It cannot be made or written, or another process works in it.</exception>
    public static OutputFolder Take(string path, string? called = null)
    {
        called ??= $"--out {path}";
        if (File.Exists(path))
        {
            throw new InputException($"{called}: is a file, expected a folder");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{called}: cannot be made: {error.Message}", error);
        }

        var file = Path.Combine(path, "lock");
        try
        {
            return new OutputFolder(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InputException($"{called}: cannot be written: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new InputException($"{called}: cannot be used: {error.Message} Does another process run a campaign there?", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
