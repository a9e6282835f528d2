using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Tests.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class ProtocolTests(ShardTests.TrainedNetwork trained) : IClassFixture<ShardTests.TrainedNetwork>
{
    private const int TimeSteps = 4;
    private const double Epsilon = 8 / 255.0;

    private static readonly ImageSet Images = TestImages.Bands(12);
    private static readonly Attack[] Attacks = [new Fgsm(Epsilon), new Pgd(Epsilon, stepSize: 0.01, iterations: 2)];

    private readonly LocalPipeline _pipeline = trained.Pipeline;

    /// <summary>Each setting by itself, away from strict.</summary>
    public static TheoryData<string> Toggles { get; } = ["domain", "attack statistics", "contamination", "order", "prediction statistics", "phase weights"];

    [Fact]
    public void On_the_encoded_train_every_time_step_moves_on_its_own_within_the_budget_and_the_unit_cube()
    {
        var setting = Setting(ProtocolSpec.AsPublished with { Order = EvaluationOrder.Stored }) with { BatchSize = 12 };
        using var aside = SetStatisticsAside();
        var shown = new List<double[]>();
        foreach (var pass in new AttackShard(setting, Attacks, ..).Passes())
        {
            shown.Add(Values(pass.Inputs_TN));
            _pipeline.Run(pass);
        }

        // FGSM's gradient is at the clean train; the last two passes predict what both attacks came to.
        var clean = shown[0];
        Assert.All(clean, value => Assert.True(value is 0 or 1));
        Assert.All(shown[^2..], attacked => Assert.All(attacked.Zip(clean), pair =>
        {
            Assert.InRange(pair.First, 0, 1);
            Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Epsilon + 1e-12);
        }));
        var perturbation = shown[^2].Zip(clean, (attacked, value) => attacked - value).Chunk(clean.Length / TimeSteps).ToList();
        Assert.NotEqual(perturbation[0], perturbation[1]);
    }

    [Fact]
    public void A_chain_is_all_gradients_of_a_batch_and_then_its_predictions()
    {
        using var aside = SetStatisticsAside();
        var passes = new List<string>();
        foreach (var pass in new AttackShard(Setting(ProtocolSpec.AsPublished), Attacks, 0..8).Passes())
        {
            var request = pass.Request;
            passes.Add($"{(request.InputGradient ? "gradient" : "prediction")} {request.BatchNorm} {(request.TrackStatistics ? "moves" : "stays")}");
            _pipeline.Run(pass);
        }

        string[] batch = [.. Enumerable.Repeat("gradient Batch moves", 1 + 2), .. Enumerable.Repeat("prediction Running stays", 2)];
        Assert.Equal([.. batch, .. batch], passes);
    }

    [Fact]
    public void The_links_of_a_chain_one_after_another_are_the_chain()
    {
        var (whole, statisticsAfter) = MeasureChain(..);
        var (halves, statisticsAfterHalves) = MeasureChain(0..4, 4..12);

        Assert.Equal(statisticsAfter, statisticsAfterHalves);
        Assert.Equal(whole.Select(Summary), halves.Select(Summary));
    }

    [Fact]
    public void What_a_chain_measures_depends_on_what_came_before()
    {
        var (alone, _) = MeasureChain(4..12);
        var (after, _) = MeasureChain(0..4, 4..12);
        using (SetStatisticsAside())
        {
            var first = new AttackShard(Setting(ProtocolSpec.AsPublished), Attacks, 0..4);
            _pipeline.Run(first);
            Assert.NotEqual(
                alone.Select(measurement => measurement.Loss),
                after.Zip(first.Measurements, (both, before) => both.Loss - before.Loss));
        }
    }

    [Theory]
    [MemberData(nameof(Toggles))]
    public void Only_contamination_moves_the_statistics(string toggle)
    {
        var before = Statistics();
        using (SetStatisticsAside())
        {
            _pipeline.Run(new CleanShard(Setting(Toggled(toggle)), ..));
            Assert.Equal(before, Statistics());
            _pipeline.Run(new AttackShard(Setting(Toggled(toggle)), Attacks, ..));
            Assert.Equal(toggle == "contamination", !before.SequenceEqual(Statistics()));
        }

        Assert.Equal(before, Statistics());
    }

    [Theory]
    [MemberData(nameof(Toggles))]
    public void Every_setting_changes_what_is_measured(string toggle)
    {
        var strict = Measure(Setting(ProtocolSpec.Strict));
        var toggled = Measure(Setting(Toggled(toggle)));

        // Under strict, images are independent of each other: their order can only change how sums round.
        Assert.Equal(toggle == "order", Math.Abs(strict.Loss - toggled.Loss) < 1e-9);
    }

    [Theory]
    [InlineData(BatchNormScope.Sequence)]
    [InlineData(BatchNormScope.Step)]
    public void Contamination_on_running_statistics_has_the_same_bits_in_any_layout(BatchNormScope scope)
    {
        var spec = Small(precision: Precision.Float64) with { Depth = 10, BatchNorm = scope };
        var setting = Setting(ProtocolSpec.Strict with { Contaminates = true }) with { Probes = new ProbeSpec { WeightGradients = true } };
        var layouts = new[] { (Groups: 1, Window: TimeSteps), (Groups: 3, Window: 1) }.Select(layout =>
        {
            using var pipeline = new LocalPipeline(Create(spec).Cut(layout.Groups, new OptimizerSpec()), layout.Window);
            var shard = new AttackShard(setting, Attacks, ..);
            pipeline.Run(shard);
            return (
                Weights: shard.Measurements.SelectMany(measured => measured.Weights).ToList(),
                Statistics: pipeline.Groups.SelectMany(group => group.Statistics).SelectMany(entry => Values(entry.Value)).ToList());
        }).ToList();

        Assert.Equal(layouts[0].Weights, layouts[1].Weights);
        Assert.Equal(layouts[0].Statistics, layouts[1].Statistics);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(int.MaxValue)]
    public void A_chain_leaves_no_tensor_behind_wherever_it_is_given_up(int passes)
    {
        var setting = Setting(ProtocolSpec.AsPublished) with { Probes = new ProbeSpec { WeightGradients = true, RandomPerturbations = 1 } };
        RunSome(passes);
        var before = LeakTests.TensorsAlive();
        RunSome(passes);

        Assert.Equal(before, Tensor.TotalCount);

        void RunSome(int left)
        {
            using var aside = SetStatisticsAside();
            foreach (var pass in new AttackShard(setting, Attacks, ..).Passes())
            {
                if (left-- == 0)
                {
                    break;
                }

                _pipeline.Run(pass);
            }
        }
    }

    [Fact]
    public void The_order_matters_where_images_depend_on_their_batch()
    {
        var stored = Measure(Setting(ProtocolSpec.Strict with { PredictionStatistics = BatchStatistics.Batch }));
        var shuffled = Measure(Setting(ProtocolSpec.Strict with { PredictionStatistics = BatchStatistics.Batch, Order = EvaluationOrder.Shuffled }));

        Assert.NotEqual(stored.Loss, shuffled.Loss, 1e-6);
    }

    [Fact]
    public void Shuffled_slices_are_the_test_set()
    {
        var setting = Setting(ProtocolSpec.AsPublished);

        var places = new[] { 0..5, 5..12 }.SelectMany(setting.Batches).SelectMany(batch => batch).ToList();

        Assert.Equal(Enumerable.Range(0, 12), places.Order());
        Assert.NotEqual(places.Order(), places);
    }

    [Fact]
    public void Weight_gradients_are_probed_when_asked_for()
    {
        var setting = Setting(ProtocolSpec.Strict) with { Probes = new ProbeSpec { Operations = false, WeightGradients = true } };

        var measured = Measure(setting);

        Assert.Empty(measured.Operations);
        Assert.Equal(
            _pipeline.Groups.Single().Parameters.Where(parameter => parameter.Role == Snn.Networks.ParameterRole.Trained).Select(parameter => (parameter.Key, parameter.Count * 3)),
            measured.Weights.Select(weight => (weight.Key, weight.Elements)));
        Assert.Contains(measured.Weights, weight => weight.L2 > 0);
        Assert.All(measured.Weights, weight => Assert.InRange(weight.Zeros, 0, weight.Elements));
    }

    [Fact]
    public void The_quantities_of_theorem_4_1_keep_its_order()
    {
        var setting = Setting(ProtocolSpec.Strict) with { Encoder = new DirectEncoder(TimeSteps), Probes = new ProbeSpec { RandomPerturbations = 3 } };
        var shard = new AttackShard(setting, Attacks, ..);
        var cost = 0;
        foreach (var pass in shard.Passes())
        {
            cost += pass.Cost;
            _pipeline.Run(pass);
        }

        Assert.Equal(shard.Cost, cost);
        Assert.All(shard.Measurements, measured =>
        {
            var vulnerability = measured.Vulnerability!;
            Assert.Equal(12, vulnerability.Images);
            Assert.InRange(vulnerability.FirstOrderRatio, 3 * vulnerability.ImagesWithGradient, vulnerability.UpperBound);
            Assert.True(vulnerability.Adversarial > vulnerability.Random, $"{vulnerability}");
        });
    }

    [Fact]
    public void Images_whose_gradient_vanishes_are_counted()
    {
        // Without spikes no gradient reaches the input: the last layer's bias alone decides.
        var spec = Small(precision: Precision.Float64) with { Depth = 10, Neuron = new NeuronSpec { Threshold = 1e9 } };
        using var silent = new LocalPipeline(Create(spec));
        var shard = new AttackShard(Setting(ProtocolSpec.Strict), Attacks, ..);

        silent.Run(shard);

        Assert.All(shard.Measurements, measured => Assert.Equal(12, measured.Input.VanishingImages));
    }

    private static ProtocolSpec Toggled(string toggle) => toggle switch
    {
        "domain" => ProtocolSpec.Strict with { Domain = AttackDomain.EncodedTrain },
        "attack statistics" => ProtocolSpec.Strict with { AttackStatistics = BatchStatistics.Batch },
        "contamination" => ProtocolSpec.Strict with { Contaminates = true },
        "order" => ProtocolSpec.Strict with { Order = EvaluationOrder.Shuffled },
        "prediction statistics" => ProtocolSpec.Strict with { PredictionStatistics = BatchStatistics.Batch },
        "phase weights" => ProtocolSpec.Strict with { PhaseWeights = true },
        _ => throw new ArgumentOutOfRangeException(nameof(toggle), toggle, "no such setting"),
    };

    private static TestSetting Setting(ProtocolSpec protocol) =>
        new(protocol, new PhaseEncoder(TimeSteps, bits: 8), Images, BatchSize: 4, Seed: 1, ScalarType.Float64);

    private Measurement Measure(TestSetting setting)
    {
        using var aside = SetStatisticsAside();
        var shard = new AttackShard(setting, Attacks, ..);
        _pipeline.Run(shard);
        return shard.Measurements[1];
    }

    private (IReadOnlyList<Measurement> Measurements, double[] Statistics) MeasureChain(params IReadOnlyList<Range> links)
    {
        using var aside = SetStatisticsAside();
        var measured = new List<IReadOnlyList<Measurement>>();
        foreach (var link in links)
        {
            var shard = new AttackShard(Setting(ProtocolSpec.AsPublished), Attacks, link);
            _pipeline.Run(shard);
            measured.Add(shard.Measurements);
        }

        return ([.. Attacks.Select((_, place) => Measurement.Sum([.. measured.Select(link => link[place])]))], Statistics());
    }

    private static (int, int, double, long) Summary(Measurement measured) => (measured.Correct, measured.Total, Math.Round(measured.Loss, 9), measured.Input.Zeros);

    private IDisposable SetStatisticsAside() => _pipeline.Groups.Single().SetStatisticsAside();

    private double[] Statistics() => [.. _pipeline.Groups.Single().Statistics.SelectMany(entry => Values(entry.Value))];
}
