namespace SpikeTrail.Integration.Tests;

/// <summary>A campaign of seconds on the images that ship with the program.</summary>
internal static class TinyCampaign
{
    public const string Text = """
        campaign {
          name = tiny
          networks = [{ name = tiny, depth = 10, width = 0.0625 }]
          data-sets = [{ name = fashion-mnist-mini, time-steps = 4, training-limit = 64, test-limit = 32 }]
          seeds = [1]
          training { epochs = 2, batch-size = 16 }
          protocols = [{ kind = strict }]
          attacks = [{ kind = fgsm }, { kind = pgd, iterations = 2 }]
          epsilons = [4, 8]
          evaluation { batch-size = 8, shard-size = 16 }
        }
        pipeline {
          layer-groups = 2
          threads-per-group = 1
        }
        """;

    /// <summary>Writes the campaign, changed in one place, into a folder; returns the file's name.</summary>
    public static string Write(string folder, string old = "", string changed = "")
    {
        const string name = "tiny.conf";
        File.WriteAllText(Path.Combine(folder, name), old.Length == 0 ? Text : Text.Replace(old, changed, StringComparison.Ordinal));
        return name;
    }
}
