namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>
/// A campaign for trials: two runs of a narrow network in three layer groups, trained with checkpoints every few steps, then
/// measured in shards (strict) and in chains whose links follow from each other (as-published).
/// </summary>
internal static class TrialCampaign
{
    public const string Name = "trial";

    public const string File = "trial.conf";

    /// <summary>Some seconds of work.</summary>
    public static Trial Short { get; } = new(Epochs: 2, TrainingImages: 128, TestImages: 32, Seeds: "1", Spread: "devices");

    /// <summary>The same network, its layer groups on both workers, for half a minute.</summary>
    public static Trial Spread { get; } = Short with { Epochs = 4, TrainingImages = 256, TestImages = 64 };

    /// <summary>Half a minute of work or more: two runs, so that two workers have something to do from the beginning.</summary>
    public static Trial Long { get; } = new(Epochs: 3, TrainingImages: 256, TestImages: 64, Seeds: "1, 2", Spread: "device");
}

/// <summary>How much there is to do in a trial.</summary>
internal sealed record Trial(int Epochs, int TrainingImages, int TestImages, string Seeds, string Spread)
{
    private static readonly Dictionary<Trial, Lazy<Task<byte[]>>> Undisturbed = [];

    /// <summary>The campaign file.</summary>
    public string Text => $$"""
        campaign {
          name = {{TrialCampaign.Name}}
          networks = [{ name = narrow, depth = 10, width = 0.0625 }]
          data-sets = [{ name = fashion-mnist-mini, time-steps = 4, training-limit = {{TrainingImages}}, test-limit = {{TestImages}} }]
          seeds = [{{Seeds}}]
          training { epochs = {{Epochs}}, batch-size = 16 }
          protocols = [{ kind = strict }, { kind = as-published }]
          attacks = [{ kind = fgsm }, { kind = pgd, iterations = 3 }]
          epsilons = [4, 8]
          evaluation { batch-size = 8, shard-size = 16 }
        }
        pipeline {
          layer-groups = 3
          threads-per-group = 1
          checkpoint-steps = 4
          spread = {{Spread}}
        }
        """;

    /// <summary>What one machine comes to, undisturbed: computed once for all trials.</summary>
    public Task<byte[]> ExpectedResultsAsync()
    {
        lock (Undisturbed)
        {
            if (!Undisturbed.TryGetValue(this, out var results))
            {
                Undisturbed.Add(this, results = new(RunAsync));
            }

            return results.Value;
        }
    }

    /// <summary>Writes the campaign file into a folder; returns its path.</summary>
    public string Write(string folder)
    {
        var path = Path.Combine(folder, TrialCampaign.File);
        File.WriteAllText(path, Text);
        return path;
    }

    private async Task<byte[]> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("spiketrail-undisturbed-").FullName;
        try
        {
            var end = await SpikeTrailProcess.RunAsync(folder, "run", Write(folder), "--out", "out");
            Assert.True(end.ExitCode == 0, end.Error);
            return await File.ReadAllBytesAsync(Path.Combine(folder, "out", "results.json"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
