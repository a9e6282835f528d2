using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>
/// A network's state dict as one safetensors file: what a network trained elsewhere is brought in by, and one trained
/// here is taken out by. The keys are torchvision's, which SpikingJelly's networks share. Files come from anywhere:
/// one that does not fit to the last key, shape and element type is refused.
/// </summary>
public static class Weights
{
    private static readonly string[] Statistics = [".running_mean", ".running_var", ".num_batches_tracked"];

    /// <summary>Writes a network's weights and running statistics, in the network's order; an older file is replaced.</summary>
    public static void Save(Network network, string path) =>
        Write(path, network.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value)));

    /// <summary>Gives a network the weights and running statistics of a file, whether it is cut into layer groups or not.</summary>
    /// <exception cref="InputException">The file cannot be read, or is not this network's.</exception>
    public static void Load(Network network, string path) => Reading(path, (stream, header) => Fill(network.Parameters, stream, header, header.Entries));

    /// <summary>Gives a layer group its part of the file that its network starts from.</summary>
    /// <exception cref="InputException">The file cannot be read, is not as it was found, or is not this network's.</exception>
    public static void Load(LayerGroup group, WeightsFile file) => Reading(file.Path, (stream, header) =>
    {
        if (file.Sha256 is { } expected && Fingerprint.Of(stream) is var found && found != expected)
        {
            throw new InvalidDataException($"SHA-256 is {found}, expected {expected}: the file was changed after the campaign was made ready");
        }

        var own = group.Parameters.Select(parameter => parameter.Key).ToHashSet(StringComparer.Ordinal);
        return Fill(group.Parameters, stream, header, [.. header.Entries.Where(entry => own.Contains(entry.Name))]);
    });

    /// <summary>Looks a file up.</summary>
    /// <returns>The file with its SHA-256.</returns>
    /// <exception cref="InputException">It cannot be read, or is no safetensors file.</exception>
    public static WeightsFile Find(string path) => Reading(path, (stream, _) => new WeightsFile(path, Fingerprint.Of(stream)));

    /// <summary>What is in a file.</summary>
    /// <exception cref="InputException">It cannot be read, or is no safetensors file.</exception>
    public static IReadOnlyList<SafeTensorsEntry> Entries(string path) => Reading(path, (_, header) => header.Entries);

    /// <summary>How many numbers of a file's are trained, going by their names: neither batch norm's running statistics nor an optimiser's state.</summary>
    public static long TrainedCount(IEnumerable<SafeTensorsEntry> entries) => entries
        .Where(entry => !Optimizer.Owns(entry.Name) && !Statistics.Any(statistic => entry.Name.EndsWith(statistic, StringComparison.Ordinal)))
        .Sum(entry => entry.Count);

    /// <summary>Checks by its header alone that a file is a network's. No weights are made or read.</summary>
    /// <returns>What is in it.</returns>
    /// <exception cref="InputException">It cannot be read, or is not this network's.</exception>
    public static IReadOnlyList<SafeTensorsEntry> Check(Network network, string path) =>
        Reading(path, (_, header) => RefuseMisfit(network.Parameters, header.Entries));

    /// <summary>Writes the weights and running statistics of a checkpoint as one file; its optimiser's state stays behind.</summary>
    /// <returns>What was written, in the network's order.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static IReadOnlyList<SafeTensorsEntry> Export(CheckpointManifest checkpoint, string outputFolder, string path)
    {
        // A checkpoint's files come in the order of the layer groups, and each begins with its group's part of the state dict.
        var state = new List<KeyValuePair<string, Tensor>>();
        try
        {
            foreach (var file in checkpoint.Files)
            {
                using var stream = Checkpoint.OpenVerified(Path.Combine(outputFolder, checkpoint.Folder, file.Name), file);
                state.AddRange(SafeTensors.Read(stream, key => !Optimizer.Owns(key)));
            }

            Write(path, state);
            return Entries(path);
        }
        finally
        {
            state.ForEach(entry => entry.Value.Dispose());
        }
    }

    private static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        WholeFile.Write(path, stream => SafeTensors.Write(stream, tensors));

    private static IReadOnlyList<SafeTensorsEntry> Fill(IReadOnlyList<Parameter> parameters, Stream stream, SafeTensorsHeader header, IReadOnlyList<SafeTensorsEntry> entries)
    {
        RefuseMisfit(parameters, entries);
        var targets = parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            using var value = SafeTensors.Read(stream, header, entry);
            targets[entry.Name].copy_(value);
        }

        return entries;
    }

    private static IReadOnlyList<SafeTensorsEntry> RefuseMisfit(IReadOnlyList<Parameter> expected, IReadOnlyList<SafeTensorsEntry> entries) =>
        WeightsFit.Misfit(expected, entries) is { } misfit ? throw new InvalidDataException($"does not fit the network: {misfit}") : entries;

    /// <summary>Opens a file and reads its header; whatever is wrong with the file comes out as one line that names it.</summary>
    private static T Reading<T>(string path, Func<FileStream, SafeTensorsHeader, T> read)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder, expected a safetensors file");
        }

        try
        {
            using var stream = File.OpenRead(path);
            return read(stream, SafeTensorsHeader.Read(stream));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file", error);
        }
        catch (InvalidDataException error)
        {
            throw new InputException($"{path}: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {error.Message}", error);
        }
    }
}
