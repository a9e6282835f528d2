using Akka.Actor;
using Akka.TestKit;
using SpikeTrail.Protocol.Campaigns;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class LeakTests : PipelineTest
{
    private const int Steps = 200;

    // A leaked pass would be at least 200 KB of saved activations (T 4, 8 images, 4 to 32 channels), 80 MB over 400 steps.
    // What is allowed is what glibc's arenas and the garbage collector's heap move by in an idle process.
    private const long Tolerance = 24L << 20;

    private static readonly CampaignSpec Campaign = TinyRun.Campaign with
    {
        Attacks = [new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, Iterations = Steps }],
        Evaluation = new EvaluationSpec { BatchSize = 8, ShardSize = 8 },
    };

    [Fact]
    public async Task Two_hundred_training_steps_and_two_hundred_attack_steps_leave_neither_tensors_nor_memory_behind()
    {
        var context = TinyRun.Context(Folder, groups: 3, campaign: Campaign, trainingImages: Steps * Campaign.Training.BatchSize);
        var supervisor = CreateTestProbe();
        var pipeline = await StartAsync(supervisor, context);

        // The first steps make the optimiser's state, and fill the allocator's and the runtime's pools.
        await StepAsync(supervisor, pipeline, 1);
        await GroupsAreAtRestAsync(pipeline, groups: 3);
        var (tensors, memory) = (TensorsAlive(), ResidentMemory());
        await StepAsync(supervisor, pipeline, 2);
        await GroupsAreAtRestAsync(pipeline, groups: 3);

        Assert.Equal(tensors, Tensor.TotalCount);
        var growth = ResidentMemory() - memory;
        Assert.True(growth < Tolerance, $"resident memory grew by {growth / 1e6:F1} MB");
    }

    private static async Task StepAsync(TestProbe supervisor, IActorRef pipeline, int epoch)
    {
        await DoAsync<EpochTrained>(supervisor, pipeline, new TrainEpoch(epoch));
        await DoAsync<ShardMeasured>(supervisor, pipeline, TinyRun.Shards(TinyRun.Context("", campaign: Campaign)).Last());
    }

    private static long ResidentMemory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
