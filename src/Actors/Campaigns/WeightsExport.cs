using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Checkpoints;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>The weights of a run, taken out of a campaign's folder.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Epoch">After which epoch.</param>
/// <param name="Entries">What was written, in the network's order.</param>
/// <param name="Damage">What is wrong with the checkpoints of later epochs, newest first; empty where nothing is.</param>
public sealed record WeightsExport(RunId Run, int Epoch, IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyList<string> Damage)
{
    /// <summary>Writes the last good checkpoint of a run as one safetensors file, its optimiser's state left out.</summary>
    /// <param name="folder">The campaign's folder.</param>
    /// <param name="run">The run, such as <c>sew-resnet18/cifar-10/3407</c>; may be null where the campaign trained one alone.</param>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <exception cref="InputException">The folder, the run or the path cannot be used.</exception>
    public static async Task<WeightsExport> WriteAsync(string folder, string? run, string path)
    {
        RefuseNoFile(path);
        var state = await CampaignHistory.ReadAsync(folder);
        var id = Choose(folder, [.. state.Training.Where(run => run.Value.Epochs.Count > 0).Select(run => run.Key.Value).Order(StringComparer.Ordinal)], run);
        var damage = new List<string>();
        foreach (var epoch in state.EpochsOf(id).Values.Reverse())
        {
            if (Checkpoint.Damage(epoch.Checkpoint, state.Accepted!.ConfigurationHash, folder) is { } found)
            {
                damage.Add(found);
                continue;
            }

            try
            {
                return new WeightsExport(id, epoch.Epoch, Weights.Export(epoch.Checkpoint, folder, path), damage);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"--out {path}: cannot be written: {error.Message}", error);
            }
        }

        throw new InputException($"{folder}: no checkpoint of {id} can be used; the last one: {damage[0]}");
    }

    private static RunId Choose(string folder, IReadOnlyList<string> trained, string? run) => (run, trained) switch
    {
        (_, []) => throw new InputException($"{folder}: no epoch of this campaign was trained, so there are no weights to take out"),
        (null, [var only]) => new RunId(only),
        (null, _) => throw new InputException($"{folder}: has the weights of {trained.Count} runs; choose one with --run: {string.Join(", ", trained)}"),
        _ when trained.Contains(run) => new RunId(run),
        _ => throw new InputException($"--run {run}: no such run was trained in {folder}{Suggestion.Ask(run, trained)} (there are {string.Join(", ", trained)})"),
    };

    private static void RefuseNoFile(string path)
    {
        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new InputException($"--out {path}: expected a file, got {(path.Length == 0 ? "an empty text" : "a folder")}");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new InputException($"--out {path}: there is no such folder");
        }
    }
}
