using System.Runtime.CompilerServices;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests;

public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_readme_example_trains_and_attacks_a_network()
    {
        // README
        var data = DataCatalog.Load("fashion-mnist-mini", dataFolder: null).Limit(training: 640, test: 100);
        var spec = new NetworkSpec { Name = "small", Family = NetworkFamily.SewResNet, Depth = 10, Width = 0.25, Pool = PoolKind.Max };
        using var network = new LocalPipeline(Network.Create(spec, inputShape: [1, 28, 28], classes: 10, seed: 3407));
        var encoder = new PhaseEncoder(timeSteps: 8, bits: 8);

        network.Run(new TrainingEpoch(new TrainingSpec { BatchSize = 16 }, encoder, data.Training, seed: 3407, epoch: 1, ScalarType.Float32));
        var test = new TestSetting(ProtocolSpec.Strict, encoder, data.Test, BatchSize: 50, Seed: 3407, ScalarType.Float32);
        var clean = new CleanShard(test, slice: ..);
        var attacked = new AttackShard(test, [new Fgsm(epsilon: 8 / 255.0)], slice: ..);
        network.Run(clean);
        network.Run(attacked);
        Console.WriteLine($"clean {clean.Totals.Accuracy:P0}, FGSM {attacked.Totals.Accuracy:P0}, zeros in the input gradient {clean.InputZeroFraction:P1}");
        // /README

        Assert.InRange(clean.Totals.Accuracy, 0.2, 1);
        Assert.True(attacked.Totals.MeanLoss > clean.Totals.MeanLoss);
        Assert.InRange(clean.InputZeroFraction!.Value, 0, 0.9);
    }

    [Fact]
    public void The_readme_shows_the_example_as_it_is_here()
    {
        var example = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "README.md");

        Assert.Contains(Example(), File.ReadAllText(example), StringComparison.Ordinal);
    }

    private static string Example()
    {
        var lines = File.ReadAllLines(ThisFile()).Select(line => line.Length > 8 ? line[8..] : line.Trim()).ToList();
        var (start, end) = (lines.IndexOf("// README") + 1, lines.IndexOf("// /README"));
        return string.Join('\n', lines[start..end]);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
