using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Tests.Training;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class ShardTests(ShardTests.TrainedNetwork trained) : IClassFixture<ShardTests.TrainedNetwork>
{
    private const int TimeSteps = 4;

    private static readonly ImageSet Images = TestImages.Bands(14);
    private static readonly Range Slice = 3..10;

    // A transfer makes no images: TransferShardTests.
    private static readonly AttackKind[] Kinds = [.. Enum.GetValues<AttackKind>().Where(kind => kind != AttackKind.Transfer)];

    private readonly LocalPipeline _pipeline = trained.Pipeline;

    public static MatrixTheoryData<AttackKind, EncoderKind> Attacks { get; } = new(Kinds, Enum.GetValues<EncoderKind>());

    [Theory]
    [MemberData(nameof(Attacks))]
    public void A_measurement_does_not_depend_on_the_batches(AttackKind attack, EncoderKind encoder)
    {
        var alone = Measure(attack, encoder, batchSize: 1);
        var threes = Measure(attack, encoder, batchSize: 3);
        var together = Measure(attack, encoder, batchSize: 7);

        Assert.Equal(7, alone.Total);
        AssertSame(alone, threes);
        AssertSame(alone, together);
    }

    [Fact]
    public void Two_shards_add_up_to_one()
    {
        var whole = Measure(AttackKind.Pgd, EncoderKind.Phase, batchSize: 2, 0..8);
        var halves = Measurement.Sum(
            [Measure(AttackKind.Pgd, EncoderKind.Phase, batchSize: 2, 0..4), Measure(AttackKind.Pgd, EncoderKind.Phase, batchSize: 4, 4..8)]);

        AssertSame(whole, halves);
    }

    [Theory]
    [InlineData(AttackKind.Fgsm, 8, 8)]
    [InlineData(AttackKind.IteratedFgsm, 8, 5)]
    [InlineData(AttackKind.Pgd, 8, 8)]
    [InlineData(AttackKind.Pgd, 2.5, 2)]
    [InlineData(AttackKind.Fgsm, 1, 1)]
    [InlineData(AttackKind.Fgsm, 0.5, 0)]
    public void Attacked_images_are_bytes_no_further_than_the_budget_and_the_steps_allow(AttackKind attack, double epsilon, int most)
    {
        // The direct code shows the network the pixels themselves.
        var clean = new double[Images.ImageBytes * 14];
        Images.Pixels.Span[..clean.Length].ToArray().CopyTo(clean, 0);
        var furthest = 0.0;
        var shard = Shard(attack, EncoderKind.Direct, batchSize: 14, Range.All, epsilon);
        foreach (var pass in shard.Passes())
        {
            foreach (var (shown, original) in Values(pass.Inputs_TN).Select(x => x * 255).Zip(Enumerable.Repeat(clean, TimeSteps).SelectMany(pixels => pixels)))
            {
                var pixel = Math.Round(shown);
                Assert.InRange(shown - pixel, -1e-9, 1e-9);
                Assert.InRange(pixel, 0, 255);
                furthest = Math.Max(furthest, Math.Abs(pixel - original));
            }

            _pipeline.Run(pass);
        }

        Assert.Equal(most, furthest);
    }

    [Fact]
    public void A_shard_asks_for_the_passes_it_announced()
    {
        foreach (var attack in Kinds)
        {
            var shard = Shard(attack, EncoderKind.Phase, batchSize: 3, Slice);
            var cost = 0;
            foreach (var pass in shard.Passes())
            {
                Assert.Equal(BatchStatistics.Running, pass.Request.BatchNorm);
                Assert.False(pass.Request.WeightGradients);
                cost += pass.Cost;
                _pipeline.Run(pass);
            }

            Assert.Equal(shard.Cost, cost);
        }
    }

    [Fact]
    public void An_attack_makes_things_worse()
    {
        var clean = Measure(AttackKind.None, EncoderKind.Direct, 7);
        var attacked = Measure(AttackKind.Pgd, EncoderKind.Direct, 7, epsilon: 32);

        Assert.True(attacked.Loss > clean.Loss, $"loss {clean.Loss} became {attacked.Loss}");
    }

    [Fact]
    public void A_shard_leaves_the_network_as_it_was()
    {
        var before = _pipeline.Groups.Single().Parameters.Select(parameter => Values(parameter.Value)).ToList();
        Measure(AttackKind.Pgd, EncoderKind.Phase, batchSize: 7);

        Assert.All(before.Zip(_pipeline.Groups.Single().Parameters), pair => Assert.Equal(pair.First, Values(pair.Second.Value)));
    }

    [Fact]
    public void A_shard_leaves_no_tensor_behind()
    {
        Measure(AttackKind.Pgd, EncoderKind.Rate, batchSize: 3);
        var before = LeakTests.TensorsAlive();
        foreach (var attack in Kinds)
        {
            foreach (var encoder in Enum.GetValues<EncoderKind>())
            {
                Measure(attack, encoder, batchSize: 3);
            }
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private Measurement Measure(AttackKind attack, EncoderKind encoder, int batchSize, Range? slice = null, double epsilon = 8)
    {
        var shard = Shard(attack, encoder, batchSize, slice ?? Slice, epsilon);
        _pipeline.Run(shard);
        return shard switch
        {
            CleanShard clean => clean.Measurement,
            AttackShard attacked => attacked.Measurements.Single(),
            _ => throw new InvalidOperationException($"{shard}"),
        };
    }

    private static IPassJob Shard(AttackKind attack, EncoderKind encoder, int batchSize, Range slice, double epsilon = 8)
    {
        var dataSet = new DataSetSpec { Name = "bands", TimeSteps = TimeSteps, Encoder = new EncoderSpec(encoder) };
        var spec = new AttackSpec { Name = "any", Kind = attack, Iterations = 2, Restarts = 2 };
        var setting = new TestSetting(ProtocolSpec.Strict, Encoder.Create(dataSet), Images, batchSize, Seed: 1, ScalarType.Float64);
        return Attack.Create(spec, epsilon) is { } created ? new AttackShard(setting, [created], slice) : new CleanShard(setting, slice);
    }

    /// <summary>A network that has learnt the images: one whose spikes and gradients reach all layers.</summary>
    public sealed class TrainedNetwork : IDisposable
    {
        public TrainedNetwork()
        {
            var training = new TrainingSpec { BatchSize = 7, Optimizer = new OptimizerSpec { LearningRate = 1e-2 } };
            for (var epoch = 1; epoch <= 8; epoch++)
            {
                Pipeline.Run(new TrainingEpoch(training, new DirectEncoder(TimeSteps), Images, seed: 1, epoch, ScalarType.Float64));
            }
        }

        public LocalPipeline Pipeline { get; } = new(Create(Small(precision: Precision.Float64) with { Depth = 10 }));

        public void Dispose() => Pipeline.Dispose();
    }

    private static void AssertSame(Measurement expected, Measurement actual)
    {
        Assert.Equal((expected.Correct, expected.Total), (actual.Correct, actual.Total));
        Assert.Equal(expected.Loss, actual.Loss, 1e-6);
        Assert.Equal((expected.Input.Zeros, expected.Input.Elements, expected.Input.AllZeroImages), (actual.Input.Zeros, actual.Input.Elements, actual.Input.AllZeroImages));
        Assert.Equal(expected.Input.L1, actual.Input.L1, 1e-6);
        Assert.Equal(expected.Input.L2, actual.Input.L2, 1e-6);
        Assert.Equal(expected.Input.Linf, actual.Input.Linf, 1e-6);
        Assert.Equal(
            expected.Operations.Select(operation => (operation.Module, operation.InputZeros, operation.InputElements, operation.OutputZeros, operation.OutputElements)),
            actual.Operations.Select(operation => (operation.Module, operation.InputZeros, operation.InputElements, operation.OutputZeros, operation.OutputElements)));
    }
}
