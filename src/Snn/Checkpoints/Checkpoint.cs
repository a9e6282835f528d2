using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>
/// A network's whole state on disk: one safetensors file per layer group. Every file is written beside its place, flushed
/// and renamed, so that a file by its final name is whole. It counts once its manifest, with every file's SHA-256, is in the
/// journal.
/// </summary>
public static class Checkpoint
{
    /// <summary>Where a campaign's checkpoints lie in its output folder.</summary>
    public const string Folder = "checkpoints";

    /// <summary>Writes a layer group's weights, running statistics and optimiser state into a folder, which is made where missing.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public static CheckpointFile Save(LayerGroup group, string folder) => Save(group, group.State, folder);

    /// <summary>Writes a layer group's running statistics alone into a folder, which is made where missing.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public static CheckpointFile SaveStatistics(LayerGroup group, string folder) => Save(group, group.Statistics, folder);

    private static CheckpointFile Save(LayerGroup group, IEnumerable<KeyValuePair<string, Tensor>> state, string folder)
    {
        WholeFile.CreateFolder(folder);
        var name = $"group-{group.Index}.safetensors";
        WholeFile.Write(Path.Combine(folder, name), stream => SafeTensors.Write(stream, state));
        return new CheckpointFile(name, Fingerprint.Of(Path.Combine(folder, name)));
    }

    /// <summary>
    /// Gives a layer group its part of a checkpoint, wherever in it that lies: a network may be cut differently when it
    /// goes on.
    /// </summary>
    /// <param name="group">The layer group.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="configurationHash">The configuration it must belong to.</param>
    /// <param name="outputFolder">The campaign's folder.</param>
    /// <exception cref="InvalidDataException">It is another configuration's, a file of the group's is missing or damaged, or it lacks a tensor of the group.</exception>
    public static void Load(LayerGroup group, CheckpointManifest checkpoint, string configurationHash, string outputFolder) =>
        Load(group.State, checkpoint, configurationHash, outputFolder);

    /// <summary>Gives a layer group its part of what <see cref="SaveStatistics"/> wrote; its weights stay as they are.</summary>
    /// <inheritdoc cref="Load(LayerGroup, CheckpointManifest, string, string)"/>
    public static void LoadStatistics(LayerGroup group, CheckpointManifest checkpoint, string configurationHash, string outputFolder) =>
        Load(group.Statistics, checkpoint, configurationHash, outputFolder);

    private static void Load(IEnumerable<KeyValuePair<string, Tensor>> state, CheckpointManifest checkpoint, string configurationHash, string outputFolder)
    {
        if (Strangeness(checkpoint, configurationHash) is { } strange)
        {
            throw new InvalidDataException(strange);
        }

        var missing = state.ToDictionary(StringComparer.Ordinal);
        foreach (var file in checkpoint.Files)
        {
            var path = Path.Combine(outputFolder, checkpoint.Folder, file.Name);
            using var stream = Open(path);
            if (!SafeTensorsHeader.Read(stream).Entries.Any(entry => missing.ContainsKey(entry.Name)))
            {
                // Another group's: it has it to verify.
                continue;
            }

            Verify(stream, path, file);
            foreach (var (key, value) in SafeTensors.Read(stream, missing.ContainsKey))
            {
                using (value)
                {
                    missing.Remove(key, out var target);
                    if (!target!.shape.SequenceEqual(value.shape) || target.dtype != value.dtype)
                    {
                        throw new InvalidDataException($"{path}: {key} is {value.dtype} [{string.Join(", ", value.shape)}], expected {target.dtype} [{string.Join(", ", target.shape)}]");
                    }

                    target.copy_(value);
                }
            }
        }

        if (missing.Count > 0)
        {
            throw new InvalidDataException($"{Path.Combine(outputFolder, checkpoint.Folder)}: {missing.Keys.First()} is missing");
        }
    }

    /// <summary>Why a checkpoint cannot be gone on from: whose it is, or what is wrong with its files; null if nothing is.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="configurationHash">The configuration it must belong to.</param>
    /// <param name="outputFolder">The campaign's folder.</param>
    /// <exception cref="StorageException">A file may not be read: nothing is known of it, and nothing is to be trained again for it.</exception>
    public static string? Damage(CheckpointManifest checkpoint, string configurationHash, string outputFolder)
    {
        if (Strangeness(checkpoint, configurationHash) is { } strange)
        {
            return strange;
        }

        foreach (var file in checkpoint.Files)
        {
            var path = Path.Combine(outputFolder, checkpoint.Folder, file.Name);
            try
            {
                OpenVerified(path, file).Dispose();
            }
            catch (UnauthorizedAccessException error)
            {
                throw new StorageException($"{path}: cannot be read: {error.Message}", error);
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                return error.Message;
            }
        }

        return null;
    }

    private static string? Strangeness(CheckpointManifest checkpoint, string configurationHash) => checkpoint.ConfigurationHash == configurationHash
        ? null
        : $"{checkpoint.Folder}: belongs to configuration {checkpoint.ConfigurationHash}, expected {configurationHash}";

    /// <summary>Removes a checkpoint that nothing will go on from. What cannot be removed stays.</summary>
    public static void Delete(CheckpointManifest checkpoint, string outputFolder)
    {
        var folder = Path.Combine(outputFolder, checkpoint.Folder);
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder too many does no harm.
        }
    }

    /// <summary>
    /// Removes all files of a campaign's checkpoints that nothing will go on from: what an interruption left between
    /// writing and journalling, or between journalling and removing. Nobody may be writing checkpoints meanwhile. What
    /// cannot be removed stays.
    /// </summary>
    public static void Sweep(IEnumerable<CheckpointManifest> inUse, string outputFolder)
    {
        var kept = (from checkpoint in inUse from file in checkpoint.Files select Path.Combine(outputFolder, checkpoint.Folder, file.Name)).ToHashSet(StringComparer.Ordinal);
        Sweep(new DirectoryInfo(Path.Combine(outputFolder, Folder)), kept);
    }

    private static void Sweep(DirectoryInfo folder, HashSet<string> kept)
    {
        try
        {
            foreach (var file in folder.EnumerateFiles().Where(file => !kept.Contains(file.FullName)))
            {
                file.Delete();
            }

            foreach (var inner in folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null))
            {
                Sweep(inner, kept);
            }

            if (!folder.EnumerateFileSystemInfos().Any())
            {
                folder.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file too many does no harm.
        }
    }

    /// <summary>Opens one of a checkpoint's files, if it is as it was written.</summary>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    internal static FileStream OpenVerified(string path, CheckpointFile file)
    {
        var stream = Open(path);
        try
        {
            Verify(stream, path, file);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static FileStream Open(string path) => Path.Exists(path) ? File.OpenRead(path) : throw new InvalidDataException($"{path}: missing");

    private static void Verify(FileStream stream, string path, CheckpointFile file)
    {
        if (Fingerprint.Of(stream) is var actual && actual != file.Sha256)
        {
            throw new InvalidDataException($"{path}: SHA-256 is {actual}, expected {file.Sha256}");
        }
    }
}
