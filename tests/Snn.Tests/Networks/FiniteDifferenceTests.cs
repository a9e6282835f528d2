using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Randomness;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Networks;

/// <summary>
/// Whole networks whose neurons emit the surrogate's primitive in place of spikes, and whose resets let the gradient
/// through, are ordinary smooth functions: their hand-written gradient must be the slope of their loss. Slopes are
/// taken along a random direction of the input and of each weight in turn, so that every element counts, by central
/// differences of fourth order.
/// </summary>
public sealed class FiniteDifferenceTests
{
    private const int TimeSteps = 3;
    private const int Images = 3;

    /// <summary>
    /// Of the slope, or of the gradient's length where the slope is small; a length under 0.01 counts as that. What is
    /// left is the noise of a loss, about 1e-16 over the step, and, where 53 layers of batch statistics make the loss
    /// most crooked, its fifth derivative. A wrong term in a gradient shows as 1e-2 or more.
    /// </summary>
    private const double Tolerance = 1e-5;

    private static readonly long[] Shape = [2, 16, 16];

    private static readonly NetworkSpec Basic = new()
    {
        Name = "smooth",
        Depth = 10,
        Width = 1 / 16.0,
        Precision = Precision.Float64,
        Neuron = new NeuronSpec { DetachReset = false },
    };

    private static readonly NetworkSpec Bottleneck = Basic with { Depth = 50, Width = 1 / 64.0 };
    private static readonly NeuronSpec Leaky = Basic.Neuron with { Kind = NeuronKind.Lif };

    private static readonly Dictionary<string, NetworkSpec> Networks = new()
    {
        ["SEW add"] = Basic,
        ["SEW and"] = Basic with { Connection = SewConnection.And },
        ["SEW iand"] = Basic with { Connection = SewConnection.Iand },
        ["Spiking-ResNet"] = Basic with { Family = NetworkFamily.SpikingResNet },
        ["average pool"] = Basic with { Pool = PoolKind.Average },
        ["batch norm by step"] = Basic with { BatchNorm = BatchNormScope.Step },
        ["IF, soft reset"] = Basic with { Neuron = Basic.Neuron with { Reset = null } },
        ["LIF"] = Basic with { Neuron = Leaky },
        ["LIF, reset to -0.25"] = Basic with { Neuron = Leaky with { Reset = -0.25 } },
        ["LIF, soft reset, input not decayed"] = Basic with { Neuron = Leaky with { Reset = null, DecayInput = false, Tau = 3 } },
        ["Spiking-ResNet, LIF, soft reset"] = Basic with { Family = NetworkFamily.SpikingResNet, Neuron = Leaky with { Reset = null } },
        ["sigmoid"] = Basic with { Neuron = Basic.Neuron with { Surrogate = new SurrogateSpec(SurrogateKind.Sigmoid, 4) } },
        ["SEW bottleneck"] = Bottleneck,
        ["Spiking-ResNet bottleneck"] = Bottleneck with { Family = NetworkFamily.SpikingResNet },
    };

    public static TheoryData<string> Names { get; } = [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_the_slope_of_the_loss_on_running_statistics(string network) => Compare(network, BatchStatistics.Running);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_the_slope_of_the_loss_on_batch_statistics(string network) => Compare(network, BatchStatistics.Batch);

    private static void Compare(string what, BatchStatistics batchNorm)
    {
        var spec = Networks[what];
        var network = new ResNetBuilder(spec, seed: 11) { Smooth = true }.Build(Shape, Classes);
        Unsettle(network);
        using var group = network.Cut(1, new OptimizerSpec()).Single();
        using var inputs = Reals([TimeSteps, Images, .. Shape], "input");
        var request = GradientRun.Request(TimeSteps, batchNorm);
        SettleStatistics(group, request, inputs);
        var run = GradientRun.Of(group, request, inputs, Labels(Images));

        // Statistics of a handful of values bend the loss sharply; the gradients are then large, and a small step sees them.
        var step = batchNorm == BatchStatistics.Batch ? 1e-7 : 4e-6;
        AssertSlope("the input", inputs, run.InputGradient);
        var weights = group.Parameters.Where(parameter => parameter.Role == ParameterRole.Trained).ToList();
        Assert.Equal(weights.Select(weight => weight.Key).Order(), run.WeightGradients.Keys.Order());

        // A bottleneck network has 161 weights in blocks of nine: every tenth, and the last, are some of each kind.
        var sample = spec.Depth < 50 ? weights : [.. weights.Where((_, index) => index % 10 == 0), weights[^1]];
        foreach (var weight in sample)
        {
            AssertSlope(weight.Key, weight.Value, run.WeightGradients[weight.Key]);
        }

        void AssertSlope(string of, Tensor point, double[] gradient)
        {
            using var direction = Reals(point.shape, $"direction of {of}");
            using var original = point.clone();
            var expected = (8 * (LossAt(step) - LossAt(-step)) - (LossAt(2 * step) - LossAt(-2 * step))) / (12 * step);
            point.copy_(original);

            var actual = Values(direction).Zip(gradient, (d, g) => d * g).Sum();
            var length = Math.Sqrt(gradient.Sum(g => g * g));
            var difference = Math.Abs(expected - actual) / Math.Max(0.01, Math.Max(Math.Abs(expected), length));
            Assert.True(difference <= Tolerance, $"{what}, {of}: the loss has slope {expected}, the gradient says {actual} ({difference:E2})");

            double LossAt(double distance)
            {
                using var moved = original.add(direction, alpha: distance);
                point.copy_(moved);
                return GradientRun.LossOf(group, request, inputs, Labels(Images));
            }
        }
    }

    /// <summary>Lets running statistics come near the batch's, as in a trained network; far from them gradients all but vanish.</summary>
    private static void SettleStatistics(LayerGroup group, PassRequest request, Tensor inputs_TN)
    {
        for (var pass = 0; pass < 20; pass++)
        {
            GradientRun.LossOf(group, request with { BatchNorm = BatchStatistics.Batch }, inputs_TN, Labels(Images));
        }
    }

    /// <summary>Moves statistics, scales and shifts off 0 and 1, where a wrong factor would not show.</summary>
    private static void Unsettle(Network network)
    {
        foreach (var parameter in network.Parameters.Where(parameter => parameter.Value.dim() == 1))
        {
            using var noise = Reals(parameter.Value.shape, parameter.Key);
            parameter.Value.add_(noise, alpha: 0.2);
        }
    }

    /// <summary>Values in [-1, 1); reals, because two equal pixels under one max pool have no slope.</summary>
    private static Tensor Reals(long[] shape, string purpose)
    {
        var random = CounterRandom.For(13, purpose);
        var count = shape.Aggregate(1L, (a, b) => a * b);
        return tensor([.. Enumerable.Range(0, (int)count).Select(i => 2 * random.Uniform(i) - 1)], shape);
    }
}
