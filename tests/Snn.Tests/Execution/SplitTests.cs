using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Execution;

public sealed class SplitTests
{
    private const int TimeSteps = 4;

    public static TheoryData<NetworkFamily, int, int> Splits()
    {
        var splits = new TheoryData<NetworkFamily, int, int>();
        foreach (var family in Enum.GetValues<NetworkFamily>())
        {
            foreach (var groups in new[] { 1, 2, 3, 5 })
            {
                splits.Add(family, groups, 1);
                splits.Add(family, groups, TimeSteps);
            }
        }

        return splits;
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void A_network_cut_anywhere_computes_the_same_bits_as_one_group(NetworkFamily family, int groups, int window) =>
        AssertSame(Trail(family, groups: 1, window: TimeSteps), Trail(family, groups, window));

    [Fact]
    public void A_batch_of_one_image_has_the_same_bits_frame_by_frame() =>
        AssertSame(Trail(NetworkFamily.SewResNet, groups: 1, TimeSteps, images: 1), Trail(NetworkFamily.SewResNet, groups: 3, window: 1, images: 1));

    [Fact]
    public void Two_threads_compute_the_same_bits_however_the_network_is_cut()
    {
        var threads = get_num_threads();
        set_num_threads(2);
        try
        {
            AssertSame(Trail(NetworkFamily.SewResNet, groups: 1, TimeSteps), Trail(NetworkFamily.SewResNet, groups: 3, window: 1));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData("conv1.weight")]
    [InlineData("bn1.weight")]
    [InlineData("layer2.0.downsample.0.weight")]
    [InlineData("fc.weight")]
    [InlineData("fc.bias")]
    public void The_gradient_reaches(string key)
    {
        var trail = Trail(NetworkFamily.SewResNet, groups: 2, window: 1);

        Assert.Contains(trail[$"weight gradient {key}"], value => value != 0);
        Assert.Contains(trail["input gradient"], value => value != 0);
    }

    private static void AssertSame(SortedDictionary<string, double[]> expected, SortedDictionary<string, double[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected.Keys, key => Assert.True(expected[key].SequenceEqual(actual[key]), $"{key} differs"));
    }

    /// <summary>Everything a user could look at: weights after three steps, then logits and gradients of an attack and of a frozen pass.</summary>
    private static SortedDictionary<string, double[]> Trail(NetworkFamily family, int groups, int window, int images = 3)
    {
        var trail = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        using var pipeline = new LocalPipeline(Create(Small(family)).Cut(groups, new OptimizerSpec()), window);
        for (var step = 0; step < 3; step++)
        {
            using var training = Pass(PassRequest.Training(default, TimeSteps, 1e-2), images, seed: step);
            pipeline.Run(training);
            trail[$"logits {step}"] = Values(training.Outcome.Prediction.Logits_NK);
        }

        foreach (var (key, value) in pipeline.Groups.SelectMany(group => group.State))
        {
            trail[key] = Values(value);
        }

        using var attack = Pass(PassRequest.AdversarialStep(default, TimeSteps, probes: true), images, seed: 9);
        pipeline.Run(attack);
        trail["attack logits"] = Values(attack.Outcome.Prediction.Logits_NK);
        trail["input gradient"] = Values(attack.Outcome.InputGradients_TN!);
        foreach (var operation in attack.Outcome.Probes.Operations)
        {
            trail[$"probe {operation.Module}"] = [operation.InputZeros, operation.OutputZeros, operation.InputNorm, operation.OutputNorm];
        }

        foreach (var (key, gradient) in WeightGradients(pipeline, window, images))
        {
            trail[$"weight gradient {key}"] = gradient;
        }

        return trail;
    }

    /// <summary>Weight gradients on running statistics: the case in which no group is a barrier, and windows could matter.</summary>
    private static Dictionary<string, double[]> WeightGradients(LocalPipeline pipeline, int window, int images)
    {
        var request = PassRequest.Training(default, TimeSteps, 1e-2) with { BatchNorm = BatchStatistics.Running, TrackStatistics = false };
        var found = new Dictionary<string, double[]>();
        var passes = pipeline.Groups.Select(group => group.Begin(request, (weight, gradient) => found.Add(weight.Key, Values(gradient)))).ToList();
        using var spikes = Spikes(TimeSteps, images, ScalarType.Float32, seed: 11);
        var outputs = passes.Aggregate(Frame.Split(spikes, window), (frames, pass) => frames.SelectMany(pass.Forward)).ToList();
        using var prediction = Prediction.From(outputs, Labels(images));
        var gradients = passes.AsEnumerable().Reverse()
            .Aggregate(prediction.GradientFrames(request, window), (frames, pass) => frames.SelectMany(pass.Backward)).ToList();

        Assert.Empty(gradients);
        outputs.ForEach(frame => frame.Dispose());
        passes.ForEach(pass => pass.Dispose());
        return found;
    }
}
