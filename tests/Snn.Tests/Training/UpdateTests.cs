using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Training;

/// <summary>A training pass updates weights on its way back.</summary>
public sealed class UpdateTests
{
    private const int TimeSteps = 4;
    private const double Rate = 1e-2;

    [Theory]
    [InlineData(NetworkFamily.SewResNet, BatchNormScope.Sequence, 1, TimeSteps)]
    [InlineData(NetworkFamily.SewResNet, BatchNormScope.Step, 2, 1)]
    [InlineData(NetworkFamily.SpikingResNet, BatchNormScope.Step, 1, 3)]
    public void It_comes_to_the_bits_of_updates_after_it(NetworkFamily family, BatchNormScope scope, int groups, int window)
    {
        var spec = Small(family) with { Depth = 10, BatchNorm = scope };
        using var updated = new LocalPipeline(Create(spec).Cut(groups, new OptimizerSpec()), window);
        using var still = new LocalPipeline(Create(spec).Cut(groups, new OptimizerSpec()), window);
        var gradients = new Dictionary<string, Tensor>();

        var inputGradient = Run(updated, Rate, (_, _) => { });
        var inputGradientOfOldWeights = Run(still, learningRate: 0, (weight, gradient) => gradients.Add(weight.Key, gradient.clone()));

        Assert.Equal(inputGradientOfOldWeights, inputGradient);
        using var optimizer = Optimizer.Create(new OptimizerSpec());
        foreach (var (expected, actual) in Trained(still).Zip(Trained(updated)))
        {
            using var gradient = gradients[expected.Key];
            optimizer.Step(expected, gradient, Rate);
            Assert.True(Values(expected.Value).SequenceEqual(Values(actual.Value)), expected.Key);
        }
    }

    [Fact]
    public void Each_gradient_is_freed_before_the_next_is_used()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var used = new List<Tensor>();

        Run(pipeline, Rate, (_, gradient) =>
        {
            Assert.All(used, earlier => Assert.True(earlier.IsInvalid));
            used.Add(gradient);
        });

        Assert.Equal(Trained(pipeline).Count, used.Count);
        Assert.All(used, earlier => Assert.True(earlier.IsInvalid));
    }

    [Fact]
    public void A_group_whose_pass_failed_in_the_midst_of_its_updates_goes_no_further()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));

        Assert.Throws<IOException>(() => Run(pipeline, Rate, FailAt("layer2.0.conv1.weight")));

        var refused = Assert.Throws<InvalidOperationException>(() => Run(pipeline, Rate, (_, _) => { }));
        Assert.Contains("expected a new group", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_that_failed_before_its_first_update_may_be_run_again()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var before = Trained(pipeline).Select(weight => Values(weight.Value)).ToList();

        Assert.Throws<IOException>(() => Run(pipeline, Rate, FailAt("fc.weight")));

        Assert.Equal(before, Trained(pipeline).Select(weight => Values(weight.Value)));
        Run(pipeline, Rate, (_, _) => { });
    }

    private static double[] Run(LocalPipeline pipeline, double learningRate, Action<Parameter, Tensor> inspect)
    {
        using var pass = Pass(PassRequest.Training(default, TimeSteps, learningRate) with { InputGradient = true }, images: 3);
        pipeline.Run(pass, inspect);
        return Values(pass.Outcome.InputGradients_TN!);
    }

    private static Action<Parameter, Tensor> FailAt(string key) => (weight, _) =>
    {
        if (weight.Key == key)
        {
            throw new IOException(key);
        }
    };

    private static List<Parameter> Trained(LocalPipeline pipeline) =>
        [.. pipeline.Groups.SelectMany(group => group.Parameters).Where(parameter => parameter.Role == ParameterRole.Trained)];
}
