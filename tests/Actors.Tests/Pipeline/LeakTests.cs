using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class LeakTests : PipelineTest
{
    private const int Steps = 200;
    private const int Rounds = 4;

    // A leaked pass would be at least 200 KB of saved activations (T 4, 8 images, 4 to 32 channels): 80 MB in every round of 400 steps.
    // glibc's arenas and the garbage collector's heap grow now and then too, by as much as 30 MB, but they settle.
    private const long Tolerance = 16L << 20;

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

        // The first round makes the optimiser's state, and fills the allocator's and the runtime's pools.
        var (tensors, memory) = (0L, 0L);
        var growths = new List<long>();
        for (var round = 1; round <= Rounds && !growths.Exists(growth => growth < Tolerance); round++)
        {
            await DoAsync<EpochTrained>(supervisor, pipeline, new TrainEpoch(round, From: null));
            await DoAsync<SliceMeasured>(supervisor, pipeline, TinyRun.Slices(TinyRun.Context("", campaign: Campaign)).Last());
            await GroupsAreAtRestAsync(pipeline, groups: 3);

            var (tensorsBefore, memoryBefore) = (tensors, memory);
            (tensors, memory) = (TensorsAlive(), ResidentMemory());
            if (round > 1)
            {
                Assert.Equal(tensorsBefore, tensors);
                growths.Add(memory - memoryBefore);
            }
        }

        Assert.True(growths.Exists(growth => growth < Tolerance),
            $"resident memory grew in every round, by {string.Join(", ", growths.Select(growth => $"{growth / 1e6:F1}"))} MB");
    }

    private static long ResidentMemory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
