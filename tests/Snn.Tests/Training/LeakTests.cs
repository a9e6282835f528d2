using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Training;

public sealed class LeakTests
{
    private const int TimeSteps = 3;

    [Theory]
    [InlineData(NetworkFamily.SewResNet, BatchNormScope.Sequence, 1, 1)]
    [InlineData(NetworkFamily.SpikingResNet, BatchNormScope.Sequence, 3, TimeSteps)]
    [InlineData(NetworkFamily.SewResNet, BatchNormScope.Step, 2, 2)]
    public void Fifty_training_and_fifty_attack_passes_leave_no_tensor_behind(NetworkFamily family, BatchNormScope scope, int groups, int window)
    {
        var spec = Small(family) with { Depth = 10, BatchNorm = scope, Connection = SewConnection.Iand };
        using var pipeline = new LocalPipeline(Create(spec).Cut(groups, new OptimizerSpec()), window);

        // The first passes make the optimiser's state.
        RunPasses(pipeline, 2);
        var before = TensorsAlive();
        RunPasses(pipeline, 50);

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_pipeline_frees_its_weights_and_their_optimisers_state()
    {
        var before = TensorsAlive();
        using (var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 })))
        {
            RunPasses(pipeline, 1);
            Assert.True(Tensor.TotalCount > before);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_pass_given_up_half_way_frees_what_it_holds()
    {
        using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }));
        RunPasses(pipeline, 1);
        var before = TensorsAlive();
        foreach (var request in new[] { PassRequest.Training(default, TimeSteps, 1e-3), PassRequest.AdversarialStep(default, TimeSteps, probes: true) })
        {
            using var spikes = Spikes(TimeSteps, 2, ScalarType.Float32);
            using var pass = pipeline.Groups.Single().Begin(request);
            foreach (var frame in Frame.Split(spikes, 1).Take(2).SelectMany(pass.Forward))
            {
                frame.Dispose();
            }
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>How many tensors there are, less those that earlier tests left to the garbage collector.</summary>
    internal static long TensorsAlive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private static void RunPasses(LocalPipeline pipeline, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var training = Pass(PassRequest.Training(default, TimeSteps, 1e-3), images: 2, seed: i);
            using var attack = Pass(PassRequest.AdversarialStep(default, TimeSteps, probes: true), images: 2, seed: i);
            pipeline.Run(training);
            pipeline.Run(attack);
        }
    }
}
