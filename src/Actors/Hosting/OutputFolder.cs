using SpikeTrail.Protocol;
using SpikeTrail.Snn.Checkpoints;

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
            WholeFile.CreateFolder(path);
        }
        catch (StorageException error)
        {
            throw new InputException($"{called}: cannot be made: {error.InnerException!.Message}", error);
        }

        try
        {
            return new OutputFolder(new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception error) when (StorageException.IsBehind(error))
        {
            throw new InputException($"{called}: cannot be written: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new InputException($"{called}: cannot be used: {error.Message} Does another process run a campaign there?", error);
        }
    }

    /// <summary>
    /// Why nothing may be begun in a folder without a journal; null if it may. What a campaign left there is somebody's, and
    /// beginning anew would write over it.
    /// </summary>
    public static string? WithoutJournal(string path)
    {
        var left = File.Exists(Path.Combine(path, "results.json")) ? "results.json"
            : Directory.Exists(Path.Combine(path, Checkpoint.Folder)) ? Checkpoint.Folder
            : null;
        return left is null ? null : $"{path}: has {left} of a campaign, and its journal is gone; put the journal back, or give another folder";
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
