using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Tests.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Probes;

public sealed class SpikeProbeTests
{
    private const int TimeSteps = 4;
    private const int Images = 3;

    private static readonly PassRequest Evaluation = PassRequest.Evaluation(default, TimeSteps) with { Spikes = true };

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void What_neurons_fired_is_what_a_network_written_out_by_hand_fires(Precision precision)
    {
        var network = Create(Small(precision: precision) with { Depth = 10 });
        using var pipeline = Trained(network);
        using var inputs_TN = Spikes(TimeSteps, Images, ScalarType.Float64);
        var expected = new NetworkByHand(network.Parameters, TimeSteps).Fire(inputs_TN);

        var fired = Run(pipeline, Evaluation);

        Assert.Equal(expected.Select(layer => layer.Module).Order(StringComparer.Ordinal), fired.Select(layer => layer.Module).Order(StringComparer.Ordinal));
        Assert.Contains(fired, layer => layer.Module == "layer2.0.downsample_sn");
        Assert.All(fired, layer =>
        {
            var spikes = expected.Single(other => other.Module == layer.Module).Spikes_TN;
            Assert.Equal(spikes[0][0].Length, layer.Neurons);
            Assert.Equal(spikes.Select(step => step.Sum(image => (long)image.Count(spike => spike))), layer.Counts);
            var chosen = LayerSpikes.Chosen(layer.Neurons);
            Assert.Equal(
                from step in spikes from neuron in chosen select step[0][neuron],
                from step in Enumerable.Range(0, TimeSteps) from place in Enumerable.Range(0, chosen.Count) select layer.Fired(step, place));
        });
        Assert.InRange(fired.Count(layer => layer.Counts.Sum() > 0), 6, fired.Count);
    }

    [Theory]
    [InlineData(NetworkFamily.SewResNet)]
    [InlineData(NetworkFamily.SpikingResNet)]
    public void However_a_network_is_cut_the_same_neurons_fired(NetworkFamily family)
    {
        var whole = Fired(family, groups: 1, window: TimeSteps);

        Assert.All(new[] { (1, 1), (2, 3), (3, TimeSteps), (5, 1) }, cut => Assert.Equivalent(whole, Fired(family, cut.Item1, cut.Item2), strict: true));
    }

    [Fact]
    public void Neurons_in_a_kernel_tell_what_they_tell_on_tensor_operations()
    {
        using var inputs_WN = Spikes(TimeSteps, Images, ScalarType.Float32);

        Assert.Equivalent(Fired(useKernel: false), Fired(useKernel: true), strict: true);

        IReadOnlyList<LayerSpikes> Fired(bool useKernel)
        {
            using var tape = new PassTape(Evaluation);
            using var spikes_WN = new NeuronLayer("sn1", new NeuronSpec { Threshold = 2 }) { UseKernel = useKernel }.Forward(inputs_WN, tape);
            return tape.Spikes!.Report();
        }
    }

    [Theory]
    [InlineData(BatchNormScope.Sequence)]
    [InlineData(BatchNormScope.Step)]
    public void A_pass_on_batch_statistics_tells_it_too(BatchNormScope scope)
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10, BatchNorm = scope }));

        var fired = Run(pipeline, PassRequest.Training(default, TimeSteps, learningRate: 0) with { Spikes = true });

        Assert.Equal(Run(pipeline, Evaluation).Select(layer => layer.Module), fired.Select(layer => layer.Module));
        Assert.All(fired, layer => Assert.Equal(TimeSteps, layer.Counts.Count));
    }

    [Fact]
    public void Nothing_is_told_where_nobody_asked_and_asking_changes_no_bit()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }).Cut(2, new OptimizerSpec()), window: 1);
        var before = LeakTests.TensorsAlive();
        using (var silent = Pass(Evaluation with { Spikes = false }, Images))
        using (var told = Pass(Evaluation, Images))
        {
            pipeline.Run(silent);
            pipeline.Run(told);

            Assert.Empty(silent.Outcome.Probes.Spikes);
            Assert.NotEmpty(told.Outcome.Probes.Spikes);
            using var equal_NK = silent.Outcome.Prediction.Logits_NK.eq(told.Outcome.Prediction.Logits_NK);
            using var equal = equal_NK.all();
            Assert.True(equal.item<bool>());
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void No_more_than_the_first_64_time_steps_are_told()
    {
        var probe = new SpikeProbe();
        for (var window = 0; window < 3; window++)
        {
            using var spikes_WN = ones([30, 2, 1, 2, 2]);
            probe.Record("sn1", spikes_WN);
        }

        var fired = Assert.Single(probe.Report());
        Assert.Equal((4, 64, 64), (fired.Neurons, fired.Counts.Count, fired.Raster.Count));
        Assert.All(fired.Counts, count => Assert.Equal(8, count));
    }

    private static IReadOnlyList<LayerSpikes> Fired(NetworkFamily family, int groups, int window)
    {
        using var pipeline = new LocalPipeline(Create(Small(family) with { Depth = 10 }).Cut(groups, new OptimizerSpec()), window);
        return Run(pipeline, Evaluation);
    }

    private static IReadOnlyList<LayerSpikes> Run(LocalPipeline pipeline, PassRequest request)
    {
        using var pass = Pass(request, Images, pipeline.Groups[0].Parameters[0].Value.dtype);
        pipeline.Run(pass);
        return pass.Outcome.Probes.Spikes;
    }

    /// <summary>A network some steps from its beginning, in which deep layers fire as well.</summary>
    private static LocalPipeline Trained(Network network)
    {
        var pipeline = new LocalPipeline(network);
        for (var step = 0; step < 5; step++)
        {
            using var training = Pass(PassRequest.Training(default, TimeSteps, 1e-2), Images, network.Parameters[0].Value.dtype, seed: step);
            pipeline.Run(training);
        }

        return pipeline;
    }
}
