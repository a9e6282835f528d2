using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Networks;

public sealed class NetworkTests
{
    public static TheoryData<NetworkFamily> Families { get; } = [.. Enum.GetValues<NetworkFamily>()];

    [Theory]
    [InlineData("sew_resnet18_max_c10", NetworkFamily.SewResNet, 10)]
    [InlineData("sew_resnet18_avg_c100", NetworkFamily.SewResNet, 100)]
    [InlineData("spiking_resnet18_c10", NetworkFamily.SpikingResNet, 10)]
    public void Keys_and_shapes_are_those_of_the_golden_case(string name, NetworkFamily family, int classes)
    {
        var keys = Golden.Read($"{name}.json").GetProperty("state_dict_keys").EnumerateArray()
            .Select(entry => $"{entry[0].GetString()} [{string.Join(", ", entry[1].EnumerateArray().Select(size => size.GetInt64()))}]");
        var network = Network.Create(new NetworkSpec { Name = "published", Family = family }, [3, 32, 32], classes, seed: 1);

        Assert.Equal(keys.Order(StringComparer.Ordinal), network.Parameters.Select(parameter => parameter.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(10, 74)]
    [InlineData(18, 122)]
    [InlineData(34, 218)]
    [InlineData(50, 320)]
    [InlineData(101, 626)]
    [InlineData(152, 932)]
    public void A_state_dict_has_as_many_tensors_as_torchvisions(int depth, int count)
    {
        foreach (var family in Enum.GetValues<NetworkFamily>())
        {
            var keys = Create(Small(family) with { Depth = depth, Width = 1 / 64.0 }).Parameters.Select(parameter => parameter.Key).ToList();

            Assert.Equal(count, keys.Count);
            Assert.Equal(count, keys.Distinct().Count());
            Assert.Equal(TorchvisionKeys(depth).Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData(18, 11_689_512)]
    [InlineData(34, 21_797_672)]
    [InlineData(50, 25_557_032)]
    [InlineData(101, 44_549_160)]
    [InlineData(152, 60_192_808)]
    public void The_formula_gives_the_published_number_of_weights(int depth, long count) =>
        Assert.Equal(count, TrainedCount(depth, width: 1, channels: 3, classes: 1000));

    [Theory]
    [InlineData(18, 1.0, 3, 10)]
    [InlineData(18, 0.5, 1, 10)]
    [InlineData(34, 1.0, 3, 100)]
    [InlineData(50, 1.0, 3, 1000)]
    [InlineData(50, 0.125, 2, 11)]
    [InlineData(10, 0.1, 3, 10)]
    public void A_network_trains_as_many_weights_as_the_formula_says(int depth, double width, int channels, int classes)
    {
        var network = Network.Create(new NetworkSpec { Name = "any", Depth = depth, Width = width }, [channels, 32, 32], classes, seed: 1);

        Assert.Equal(TrainedCount(depth, width, channels, classes), network.TrainedCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_cut_holds_every_layer_once_and_in_order(NetworkFamily family)
    {
        var network = Create(Small(family));
        var layers = network.Layers;
        for (var groups = 1; groups <= layers.Count; groups++)
        {
            var cut = network.Cut(groups, new OptimizerSpec());

            Assert.Equal(Enumerable.Range(0, groups), cut.Select(group => group.Index));
            Assert.All(cut, group => Assert.NotEmpty(group.Layers));
            Assert.Equal(layers, cut.SelectMany(group => group.Layers));
            Assert.Equal(network.Parameters, cut.SelectMany(group => group.Parameters));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void A_cut_into_no_groups_or_into_more_than_there_are_layers_is_refused_by_its_key(int groups)
    {
        var network = Create(Small());
        var refusal = Assert.Throws<InputException>(() => network.Cut(groups, new OptimizerSpec()));

        Assert.Equal(10, network.Layers.Count);
        Assert.StartsWith("pipeline.layer-groups: expected 1 to 10", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith($"got {groups}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_depth_that_nobody_published_is_refused()
    {
        var refusal = Assert.Throws<InputException>(() => Create(Small() with { Depth = 19 }));

        Assert.Contains("got 19", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 28)]
    [InlineData(3, 33)]
    [InlineData(3, 64)]
    [InlineData(3, 224)]
    [InlineData(2, 1)]
    public void Images_of_any_size_give_one_logit_a_class(int channels, int size)
    {
        foreach (var family in Enum.GetValues<NetworkFamily>())
        {
            var spec = new NetworkSpec { Name = "tiny", Family = family, Depth = 18, Width = 1 / 32.0 };
            var network = Network.Create(spec, [channels, size, size], classes: 7, seed: 1);
            using var pipeline = new LocalPipeline(network);
            using var pass = new BatchPass(PassRequest.AdversarialStep(default, 2, probes: false), ones([2, 3, channels, size, size]), Labels(3));
            pipeline.Run(pass);

            Assert.Equal([3, 7], pass.Outcome.Prediction.Logits_NK.shape);
            Assert.Equal([2, 3, channels, size, size], pass.Outcome.InputGradients_TN!.shape);
            Assert.Equal([7], network.Layers.Aggregate(network.InputShape, (shape, layer) => layer.OutputShape(shape)));
        }
    }

    [Theory]
    [InlineData(1.0, 64, 512)]
    [InlineData(0.5, 32, 256)]
    [InlineData(0.1, 6, 51)]
    [InlineData(0.001, 1, 1)]
    public void The_width_scales_the_channels_of_every_stage(double width, int first, int last)
    {
        var shapes = Create(Small() with { Depth = 10, Width = width }).Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Shape);

        Assert.Equal(first, shapes["conv1.weight"][0]);
        Assert.Equal(last, shapes["layer4.0.conv2.weight"][0]);
        Assert.Equal(last, shapes["fc.weight"][1]);
    }

    [Theory]
    [InlineData(Precision.Float32, ScalarType.Float32)]
    [InlineData(Precision.Float64, ScalarType.Float64)]
    public void A_network_computes_in_its_precision_throughout(Precision precision, ScalarType type)
    {
        var network = Create(Small(precision: precision));
        using var pipeline = new LocalPipeline(network);
        using var pass = Pass(PassRequest.AdversarialStep(default, 3, probes: false), images: 2, type);
        pipeline.Run(pass);

        Assert.All(network.Parameters, parameter => Assert.Equal(parameter.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ScalarType.Int64 : type, parameter.Value.dtype));
        Assert.Equal(type, pass.Outcome.Prediction.Logits_NK.dtype);
        Assert.Equal(type, pass.Outcome.InputGradients_TN!.dtype);
    }

    [Fact]
    public void Both_precisions_start_from_the_same_weights()
    {
        var single = Create(Small(precision: Precision.Float32)).Parameters;
        var real = Create(Small(precision: Precision.Float64)).Parameters;

        Assert.All(single.Zip(real), pair => Assert.Equal(Values(pair.First.Value), Values(pair.Second.Value).Select(value => (double)(float)value)));
    }

    [Fact]
    public void Weights_are_drawn_from_the_seed_with_the_published_spread()
    {
        var spec = new NetworkSpec { Name = "any", Width = 0.5, Precision = Precision.Float64 };
        var weights = Network.Create(spec, [3, 32, 32], 10, seed: 3407).Parameters.ToDictionary(parameter => parameter.Key, parameter => Values(parameter.Value));
        var again = Network.Create(spec, [3, 32, 32], 10, seed: 3407).Parameters.ToDictionary(parameter => parameter.Key, parameter => Values(parameter.Value));
        var other = Network.Create(spec, [3, 32, 32], 10, seed: 1).Parameters.ToDictionary(parameter => parameter.Key, parameter => Values(parameter.Value));

        // Kaiming, fan-out: variance 2/(outputs·9). 36 864 draws pin it down to about 1 %.
        var convolution = weights["layer2.0.conv1.weight"];
        Assert.InRange(convolution.Average(w => w * w) * 64 * 9 / 2, 0.97, 1.03);
        Assert.InRange(convolution.Average() / Math.Sqrt(2 / (64 * 9.0)), -0.03, 0.03);

        // Uniform ±1/√fan-in.
        Assert.InRange(weights["fc.weight"].Max(Math.Abs) * Math.Sqrt(256), 0.95, 1);
        Assert.All(weights["bn1.weight"], w => Assert.Equal(1, w));
        Assert.All(weights["bn1.bias"], w => Assert.Equal(0, w));

        Assert.All(weights.Keys, key => Assert.Equal(weights[key], again[key]));
        Assert.NotEqual(convolution, other["layer2.0.conv1.weight"]);
    }

    private static (int[] Blocks, bool Bottleneck) Table(int depth) => depth switch
    {
        10 => ([1, 1, 1, 1], false),
        18 => ([2, 2, 2, 2], false),
        34 => ([3, 4, 6, 3], false),
        50 => ([3, 4, 6, 3], true),
        101 => ([3, 4, 23, 3], true),
        _ => ([3, 8, 36, 3], true),
    };

    /// <summary>The keys of a torchvision ResNet's state dict.</summary>
    private static IEnumerable<string> TorchvisionKeys(int depth)
    {
        var (blocks, bottleneck) = Table(depth);
        var keys = new List<string> { "conv1.weight", "fc.weight", "fc.bias" };
        keys.AddRange(Norm("bn1"));
        for (var stage = 1; stage <= 4; stage++)
        {
            for (var block = 0; block < blocks[stage - 1]; block++)
            {
                var name = $"layer{stage}.{block}";
                for (var i = 1; i <= (bottleneck ? 3 : 2); i++)
                {
                    keys.Add($"{name}.conv{i}.weight");
                    keys.AddRange(Norm($"{name}.bn{i}"));
                }

                if (block == 0 && (stage > 1 || bottleneck))
                {
                    keys.Add($"{name}.downsample.0.weight");
                    keys.AddRange(Norm($"{name}.downsample.1"));
                }
            }
        }

        return keys;

        static IEnumerable<string> Norm(string name) =>
            new[] { "weight", "bias", "running_mean", "running_var", "num_batches_tracked" }.Select(tensor => $"{name}.{tensor}");
    }

    /// <summary>How many weights a ResNet trains: k·k·in·out a convolution, 2·out a batch norm, (in + 1)·out the last layer.</summary>
    private static long TrainedCount(int depth, double width, long channels, long classes)
    {
        var (blocks, bottleneck) = Table(depth);
        var inputs = Planes(1);
        var count = Convolution(7, channels, inputs);
        for (var stage = 1; stage <= 4; stage++)
        {
            var planes = Planes(stage);
            var outputs = planes * (bottleneck ? 4 : 1);
            for (var block = 0; block < blocks[stage - 1]; block++)
            {
                count += bottleneck
                    ? Convolution(1, inputs, planes) + Convolution(3, planes, planes) + Convolution(1, planes, outputs)
                    : Convolution(3, inputs, planes) + Convolution(3, planes, planes);
                count += block == 0 && (stage > 1 || bottleneck) ? Convolution(1, inputs, outputs) : 0;
                inputs = outputs;
            }
        }

        return count + (inputs + 1) * classes;

        long Planes(int stage) => (long)Math.Round((32 << stage) * width, MidpointRounding.AwayFromZero);

        static long Convolution(long kernel, long inputs, long outputs) => kernel * kernel * inputs * outputs + 2 * outputs;
    }
}
