using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;

namespace SpikeTrail.Snn.Tests.Execution;

public sealed class FrameByFrameTests
{
    private const int TimeSteps = 6;

    [Theory]
    [InlineData(Precision.Float32, 1e-6)]
    [InlineData(Precision.Float64, 1e-12)]
    public void Evaluation_frame_by_frame_equals_evaluation_in_one_batch(Precision precision, double tolerance)
    {
        using var frames = Evaluate(precision, window: 1);
        using var pairs = Evaluate(precision, window: 4);
        using var batch = Evaluate(precision, window: TimeSteps);

        Assert.InRange(Difference(frames.Logits_NK, batch.Logits_NK), 0, tolerance);
        Assert.InRange(Difference(pairs.Logits_NK, batch.Logits_NK), 0, tolerance);
    }

    [Fact]
    public void Frozen_statistics_let_every_frame_go_at_once_and_batch_statistics_hold_all_back()
    {
        using var group = Create(Small()).Cut(1, new OptimizerSpec()).Single();
        using var frozen = group.Begin(PassRequest.Evaluation(default, TimeSteps));
        using var batch = group.Begin(PassRequest.Training(default, TimeSteps, 1e-3));

        Assert.Equal([1, 1, 1, 1, 1, 1], FramesLetGo(frozen));
        Assert.Equal([0, 0, 0, 0, 0, 6], FramesLetGo(batch));
    }

    [Fact]
    public void Step_scope_needs_no_barrier_even_on_batch_statistics()
    {
        using var group = Create(Small() with { BatchNorm = BatchNormScope.Step }).Cut(1, new OptimizerSpec()).Single();
        using var pass = group.Begin(PassRequest.Training(default, TimeSteps, 1e-3));

        Assert.Equal([1, 1, 1, 1, 1, 1], FramesLetGo(pass));
    }

    [Theory]
    [InlineData(BatchNormScope.Sequence)]
    [InlineData(BatchNormScope.Step)]
    public void The_window_does_not_change_a_training_step(BatchNormScope scope)
    {
        using var frames = Train(scope, window: 1);
        using var batch = Train(scope, window: TimeSteps);

        Assert.All(
            frames.Groups.Single().State.Zip(batch.Groups.Single().State),
            pair => Assert.Equal(Values(pair.First.Value), Values(pair.Second.Value)));
    }

    [Fact]
    public void A_frame_out_of_order_is_refused()
    {
        using var group = Create(Small()).Cut(1, new OptimizerSpec()).Single();
        using var pass = group.Begin(PassRequest.Evaluation(default, TimeSteps));
        using var spikes = Spikes(TimeSteps, 2, TorchSharp.torch.ScalarType.Float32);

        var second = Frame.Split(spikes, 1).ElementAt(1);

        Assert.Throws<InvalidOperationException>(() => pass.Forward(second));
    }

    private static List<int> FramesLetGo(LayerGroupPass pass)
    {
        using var spikes = Spikes(TimeSteps, 2, TorchSharp.torch.ScalarType.Float32);
        var counts = new List<int>();
        foreach (var frame in Frame.Split(spikes, 1))
        {
            var released = pass.Forward(frame);
            counts.Add(released.Count);
            foreach (var output in released)
            {
                output.Dispose();
            }
        }

        return counts;
    }

    private static Prediction Evaluate(Precision precision, int window)
    {
        using var pipeline = new LocalPipeline(Create(Small(precision: precision)).Cut(2, new OptimizerSpec()), window);
        var pass = Pass(PassRequest.Evaluation(default, TimeSteps), images: 4, precision.ToScalarType());
        pipeline.Run(pass);
        pass.Inputs_TN.Dispose();
        return pass.Outcome.Prediction;
    }

    private static LocalPipeline Train(BatchNormScope scope, int window)
    {
        var spec = Small(precision: Precision.Float64) with { BatchNorm = scope };
        var pipeline = new LocalPipeline(Create(spec).Cut(1, new OptimizerSpec()), window);
        using var pass = Pass(PassRequest.Training(default, TimeSteps, 1e-3), images: 4, TorchSharp.torch.ScalarType.Float64);
        pipeline.Run(pass);
        return pipeline;
    }
}
