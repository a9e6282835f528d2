using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Tests.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class SliceShardTests
{
    private const int TimeSteps = 9;

    private static readonly ImageSet Images = TestImages.Bands(8);
    private static readonly ProbeSpec Everything = new() { WeightGradients = true, RandomPerturbations = 2 };
    private static readonly ProbeSpec Nothing = new() { Operations = false };

    private static readonly Attack?[] Attacks =
    [
        null,
        new Fgsm(Of255(2)), new Fgsm(Of255(8)),
        new IteratedFgsm(Of255(8), Of255(2), iterations: 3),
        new Pgd(Of255(2), Of255(1), iterations: 2, restarts: 2), new Pgd(Of255(8), Of255(2), iterations: 2, restarts: 2),
        new Noise(0, draws: 2), new Noise(Of255(8), draws: 2),
        Check(AttackKind.Noise, 0), Check(AttackKind.Fgsm, 8), Check(AttackKind.Pgd, 8), Check(AttackKind.IteratedFgsm, 255),
    ];

    public static TheoryData<string, EncoderKind, bool, int> Settings { get; } = new()
    {
        { "strict", EncoderKind.Phase, false, 1 },
        { "strict", EncoderKind.Phase, true, TimeSteps },
        { "strict", EncoderKind.Rate, true, 4 },
        { "strict", EncoderKind.Direct, false, TimeSteps },
        { "encoded train", EncoderKind.Rate, true, TimeSteps },
        { "phase weights", EncoderKind.Phase, false, TimeSteps },
        { "shuffled", EncoderKind.Latency, false, TimeSteps },
        { "attacks on batch statistics", EncoderKind.Phase, true, TimeSteps },
        { "predictions on batch statistics", EncoderKind.Rate, true, TimeSteps },
        { "all on batch statistics", EncoderKind.Phase, false, TimeSteps },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Cells_that_share_passes_come_to_the_bits_of_each_by_itself(string protocol, EncoderKind encoder, bool probed, int window)
    {
        foreach (var precision in new[] { Precision.Float32, Precision.Float64 })
        {
            using var pipeline = new LocalPipeline(Create(Small(precision: precision) with { Depth = 10 }).Cut(2, new OptimizerSpec()), window);
            var setting = Setting(Protocol(protocol), encoder, probed ? Everything : Nothing, precision);

            var together = new SliceShard(setting, Attacks, 1..8);
            pipeline.Run(together);

            Assert.Equal(
                Attacks.Select(attack => Text(Alone(pipeline, setting, attack, 1..8))),
                together.Measurements.Select(Text));
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_slice_asks_for_the_passes_it_announced(string protocol, EncoderKind encoder, bool probed, int window)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }).Cut(1, new OptimizerSpec()), window);
        foreach (var attacks in new Attack?[][] { Attacks, [null], Attacks[1..2], Attacks[3..], [Attacks[0], Attacks[5]] })
        {
            var shard = new SliceShard(Setting(Protocol(protocol), encoder, probed ? Everything : Nothing, Precision.Float32), attacks, 1..8);

            Assert.Equal(shard.Cost, Run(pipeline, shard).Sum(pass => pass.Cost));
        }
    }

    [Fact]
    public void One_gradient_of_the_clean_images_and_one_pass_of_predictions_serve_FGSM_at_every_budget()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var setting = Setting(ProtocolSpec.Strict, EncoderKind.Phase, new ProbeSpec(), Precision.Float32) with { BatchSize = 8 };
        Attack?[] attacks = [null, new Fgsm(Of255(1)), new Fgsm(Of255(2)), new Fgsm(Of255(4)), new Fgsm(Of255(8))];

        Assert.Equal(
            [new Ridden(1, Backward: true, Probes: true, 8 * 3), new Ridden(4, Backward: false, Probes: false, 4 * 8)],
            Run(pipeline, new SliceShard(setting with { PassImages = 32 }, attacks, ..)));
        Assert.Equal([1, 3, 1], Run(pipeline, new SliceShard(setting with { PassImages = 31 }, attacks, ..)).Select(pass => pass.Batches));
        Assert.Equal([1, 1, 1, 1, 1], Run(pipeline, new SliceShard(setting with { PassImages = 1 }, attacks, ..)).Select(pass => pass.Batches));
    }

    [Theory]
    [InlineData(true, new[] { 1, 1, 1, 3, 3, 3 })]
    [InlineData(false, new[] { 3, 3, 3, 3 })]
    public void PGD_rides_at_all_budgets_at_once_but_for_the_step_with_probes(bool probed, int[] batches)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var setting = Setting(ProtocolSpec.Strict, EncoderKind.Phase, new ProbeSpec { Operations = probed }, Precision.Float32) with { BatchSize = 8 };
        Attack?[] attacks = [.. new[] { 1.0, 4, 8 }.Select(epsilon => new Pgd(Of255(epsilon), Of255(1), iterations: 3))];

        Assert.Equal(batches, Run(pipeline, new SliceShard(setting, attacks, ..)).Select(pass => pass.Batches));
    }

    [Theory]
    [InlineData(EncoderKind.Phase, 5 + 3 * 2)]
    [InlineData(EncoderKind.Rate, 5 + 2 * 1 + (3 + 1) * 2)]
    public void Random_perturbations_are_predicted_once_for_a_budget(EncoderKind encoder, int predictions)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var setting = Setting(ProtocolSpec.Strict, encoder, Everything, Precision.Float32) with { BatchSize = 8 };
        Attack?[] attacks = [new Fgsm(Of255(1)), new Fgsm(Of255(4)), new Fgsm(Of255(8)), new IteratedFgsm(Of255(8), Of255(1), 3), new Pgd(Of255(4), Of255(1), iterations: 1)];

        var passes = Run(pipeline, new SliceShard(setting, attacks, ..));

        Assert.Equal(predictions, passes.Where(pass => !pass.Backward).Sum(pass => pass.Batches));
    }

    [Theory]
    [InlineData(EncoderKind.Phase)]
    [InlineData(EncoderKind.Rate)]
    public void Nobody_looks_into_checks(EncoderKind encoder)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var setting = Setting(ProtocolSpec.Strict, encoder, Everything, Precision.Float32) with { BatchSize = 8 };
        Attack?[] own = [null, new Fgsm(Of255(8)), new Pgd(Of255(8), Of255(2), iterations: 2)];
        Attack?[] checks = [Check(AttackKind.Noise, 0), Check(AttackKind.Fgsm, 4), Check(AttackKind.Pgd, 8), Check(AttackKind.IteratedFgsm, 255)];
        var (alone, together) = (new SliceShard(setting, own, ..), new SliceShard(setting, [.. own, .. checks], ..));
        var (few, all) = (Run(pipeline, alone), Run(pipeline, together));

        Assert.Equal(few.Count(pass => pass.Probes), all.Count(pass => pass.Probes));
        Assert.Equal(alone.Measurements.Select(Text), together.Measurements.Take(own.Length).Select(Text));
        Assert.All(together.Measurements.Skip(own.Length), measured =>
        {
            Assert.Empty(measured.Operations);
            Assert.Empty(measured.Weights);
            Assert.Null(measured.Vulnerability);
            Assert.NotNull(measured.Course);
        });
        Assert.Equal(8 * InputShape.Aggregate(1L, (a, b) => a * b), together.Measurements[^1].Input.Elements);

        // What they ask for is their steps and predictions alone, and nothing of that is random perturbations.
        Assert.Equal(8 * (2 * 1 + 1 + 2 * (2 * 3 + 1) + 2 * 3 - 3 + 1), together.Cost - alone.Cost);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void A_slice_leaves_no_tensor_behind_wherever_it_is_given_up(int passes)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        RunSome(passes);
        var before = LeakTests.TensorsAlive();
        RunSome(passes);

        Assert.Equal(before, Tensor.TotalCount);

        void RunSome(int left)
        {
            foreach (var pass in new SliceShard(Setting(ProtocolSpec.Strict, EncoderKind.Rate, Everything, Precision.Float32), Attacks, ..).Passes())
            {
                if (left-- == 0)
                {
                    break;
                }

                pipeline.Run(pass);
            }
        }
    }

    [Fact]
    public void It_is_kept_which_images_withstood_what_and_how_the_loss_went()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var setting = Setting(ProtocolSpec.Strict, EncoderKind.Direct, Nothing, Precision.Float32);
        var shard = new SliceShard(setting, [null, new Pgd(Of255(64), Of255(16), iterations: 4), new Noise(0, draws: 1)], ..);
        pipeline.Run(shard);

        Assert.All(shard.Measurements, measured => Assert.Equal(measured.Correct, ImageBits.Unpack(measured.Course!.Withstood, 8).Count(withstood => withstood)));
        Assert.Equal([0, 5, 1], shard.Measurements.Select(measured => measured.Course!.Losses.Count));
        Assert.Equal(shard.Measurements[0].Course!.Withstood, shard.Measurements[2].Course!.Withstood);
        Assert.Equal(shard.Measurements[1].Loss, shard.Measurements[1].Course!.Losses[^1], 1e-12);
        Assert.Equal(shard.Measurements[0].Loss, shard.Measurements[2].Course!.Losses.Single(), 1e-12);

        var forgetful = new SliceShard(setting with { KeepsCourse = false }, [null, new Noise(0, draws: 1)], ..);
        pipeline.Run(forgetful);
        Assert.All(forgetful.Measurements, measured => Assert.Null(measured.Course));
    }

    [Fact]
    public void Attacks_that_depend_on_each_other_are_not_taken() => Assert.Throws<ArgumentException>(() =>
        new SliceShard(Setting(ProtocolSpec.AsPublished, EncoderKind.Phase, Nothing, Precision.Float32), Attacks, ..));

    /// <summary>A check's attack, of two steps and two starts where it has any.</summary>
    private static Attack Check(AttackKind kind, double epsilon) =>
        Attack.Create(new AttackSpec { Name = $"{CheckAttacks.Prefix}it", Kind = kind, StepSize = 2, Iterations = 2, Restarts = 2 }, epsilon)!;

    private static ProtocolSpec Protocol(string name) => name switch
    {
        "strict" => ProtocolSpec.Strict,
        "encoded train" => ProtocolSpec.Strict with { Domain = AttackDomain.EncodedTrain },
        "phase weights" => ProtocolSpec.Strict with { PhaseWeights = true },
        "shuffled" => ProtocolSpec.Strict with { Order = EvaluationOrder.Shuffled },
        "attacks on batch statistics" => ProtocolSpec.Strict with { AttackStatistics = BatchStatistics.Batch },
        "predictions on batch statistics" => ProtocolSpec.Strict with { PredictionStatistics = BatchStatistics.Batch },
        "all on batch statistics" => ProtocolSpec.Strict with { AttackStatistics = BatchStatistics.Batch, PredictionStatistics = BatchStatistics.Batch },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such protocol"),
    };

    private static TestSetting Setting(ProtocolSpec protocol, EncoderKind encoder, ProbeSpec probes, Precision precision) => new(
        protocol,
        Encoder.Create(new DataSetSpec { Name = "bands", TimeSteps = TimeSteps, Encoder = new EncoderSpec(encoder) }),
        Images,
        BatchSize: 3,
        Seed: 1,
        precision.ToScalarType())
    {
        Probes = probes,
        KeepsCourse = true,
    };

    private static Measurement Alone(LocalPipeline pipeline, TestSetting setting, Attack? attack, Range slice)
    {
        if (attack is null)
        {
            var clean = new CleanShard(setting, slice);
            pipeline.Run(clean);
            return clean.Measurement;
        }

        var attacked = new AttackShard(setting, [attack], slice);
        pipeline.Run(attacked);
        return attacked.Measurements.Single();
    }

    private static List<Ridden> Run(LocalPipeline pipeline, SliceShard shard)
    {
        var passes = new List<Ridden>();
        foreach (var pass in shard.Passes())
        {
            passes.Add(new Ridden(pass.Request.Batches, pass.Request.Backward, pass.Request.Probes, pass.Cost));
            pipeline.Run(pass);
        }

        return passes;
    }

    private static string Text(Measurement measured) => System.Text.Json.JsonSerializer.Serialize(measured);

    private static double Of255(double epsilon) => epsilon / 255;

    /// <summary>A pass as it was asked for.</summary>
    private sealed record Ridden(int Batches, bool Backward, bool Probes, int Cost);
}
