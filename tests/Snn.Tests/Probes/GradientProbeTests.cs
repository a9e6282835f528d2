using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Probes;

public sealed class GradientProbeTests
{
    private const int TimeSteps = 4;

    [Fact]
    public void A_probe_counts_exact_zeros_and_takes_the_norm_over_all_steps()
    {
        var probe = new GradientProbe();
        using var input_WN = tensor([3.0, 0, 0, -4], [2, 2]);
        using var output_WN = tensor([0.0, -0.0, 0, 1e-300, 5, 12], [2, 3]);
        probe.Record("fc", "Linear", input_WN, output_WN);
        var found = Assert.Single(probe.Report());

        Assert.Equal(("fc", "Linear", 1), (found.Module, found.Kind, found.Passes));
        Assert.Equal((2, 4, 5.0), (found.InputZeros, found.InputElements, found.InputNorm));
        Assert.Equal((3, 6, 13.0), (found.OutputZeros, found.OutputElements, found.OutputNorm));
    }

    [Fact]
    public void Operations_are_reported_in_the_order_of_the_network()
    {
        var probe = new GradientProbe();
        using var any = ones(1, 1);
        probe.Record("last", "Linear", any, any);
        probe.Record("first", "Conv2d", any, any);
        probe.Record("last", "Linear", any, any);

        Assert.Equal(["first", "last"], probe.Report().Select(operation => operation.Module));
    }

    [Fact]
    public void A_max_pool_of_stride_two_leaves_three_quarters_of_the_gradient_zero_and_an_average_none()
    {
        var max = Probed(Small() with { Pool = PoolKind.Max })["pool"];
        var average = Probed(Small() with { Pool = PoolKind.Average })["pool"];

        Assert.Equal(("MaxPool2d", "AvgPool2d"), (max.Kind, average.Kind));
        Assert.InRange((double)max.InputZeros / max.InputElements, 0.75, 1);
        Assert.Equal(0, average.InputZeros);
        Assert.Equal(4 * max.OutputElements, max.InputElements);
    }

    [Theory]
    [InlineData(NetworkFamily.SewResNet)]
    [InlineData(NetworkFamily.SpikingResNet)]
    public void Every_operation_and_layer_of_neurons_is_probed_over_all_steps(NetworkFamily family)
    {
        var network = Create(Small(family));
        var found = Probed(Small(family));

        // Each weight tensor with a bias or without belongs to an operation; the rest are pools and neurons.
        var modules = network.Parameters.Where(parameter => parameter.Key.EndsWith("weight", StringComparison.Ordinal)).Select(parameter => parameter.Key[..^".weight".Length]);
        Assert.Superset(modules.ToHashSet(), found.Keys.ToHashSet());
        Assert.Equal(family == NetworkFamily.SewResNet ? 20 : 17, found.Values.Count(operation => operation.Kind == "ATan"));
        Assert.Equal(TimeSteps * 2 * 2 * 16 * 16, found["conv1"].InputElements);
        Assert.Equal(found["sn1.surrogate_function"].InputElements, found["bn1"].OutputElements);
    }

    [Fact]
    public void Norms_and_zeros_of_images_are_summed_image_by_image()
    {
        using var gradients = tensor([3.0, 0, 0, -4, 0, 0, 0, 0, 0, 0, -2, 0], [3, 1, 2, 2]);
        var found = InputGradientProbe.Measure(gradients);

        Assert.Equal((9, 12, 1), (found.Zeros, found.Elements, found.AllZeroImages));
        Assert.Equal((9.0, 7.0, 6.0), (found.L1, found.L2, found.Linf));
    }

    private static Dictionary<string, Protocol.Telemetry.OperationGradient> Probed(NetworkSpec spec)
    {
        using var pipeline = new LocalPipeline(Create(spec));
        using var pass = Pass(PassRequest.AdversarialStep(default, TimeSteps, probes: true), images: 2);
        pipeline.Run(pass);
        return pass.Outcome.Probes.Operations.ToDictionary(operation => operation.Module);
    }
}
