using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Tests.Progress;

public sealed class FactNarratorTests
{
    private static readonly RunId Run = new("net/data/1");

    private static readonly CellCompleted Cell = new(new($"{Run}/strict/fgsm/2"), 376, 500, 0.4);

    private readonly FactNarrator _narrator = new();

    [Fact]
    public void An_epoch_is_a_line() =>
        Assert.Equal(["net/data/1 epoch 3: training loss 0.5000, test loss 0.6000, accuracy 81.25 %"], _narrator.Tell(Epoch(3), recovered: false));

    [Fact]
    public void A_cell_is_a_line_and_its_shards_are_none()
    {
        Assert.Empty(_narrator.Tell(Shard("strict/fgsm/2", 0), recovered: false));
        Assert.Empty(_narrator.Tell(Shard("strict/fgsm/2", 1), recovered: false));

        Assert.Equal(["net/data/1/strict/fgsm/2: accuracy 75.20 % of 500 images, input zeros 40.00 %"], _narrator.Tell(Cell, recovered: false));
        Assert.Empty(_narrator.Tell(new CampaignCompleted(), recovered: false));
    }

    [Fact]
    public void What_was_recovered_is_one_line_before_the_first_news()
    {
        Assert.Empty(_narrator.Tell(Epoch(1), recovered: true));
        Assert.Empty(_narrator.Tell(Shard("strict/none/0", 0), recovered: true));
        Assert.Empty(_narrator.Tell(Shard("strict/fgsm/2", 0), recovered: true));
        Assert.False(_narrator.AnythingNew);

        Assert.Equal(["resuming: 1 epoch and 2 shards already done"], _narrator.Tell(Shard("strict/fgsm/2", 1), recovered: false));
        Assert.True(_narrator.AnythingNew);
        Assert.Empty(_narrator.TellRecovered());
    }

    [Fact]
    public void Of_the_steps_recovered_those_of_an_epoch_that_is_not_done_are_told()
    {
        _narrator.Tell(Steps(1, 5), recovered: true);
        _narrator.Tell(Epoch(1), recovered: true);
        Assert.Equal(["resuming: 1 epoch and 0 shards already done"], _narrator.TellRecovered());

        _narrator.Tell(Steps(2, 5), recovered: true);
        _narrator.Tell(Steps(2, 10), recovered: true);
        Assert.Equal(["resuming: 0 epochs, 10 steps of the next and 0 shards already done"], _narrator.Tell(Steps(2, 15), recovered: false));
    }

    [Fact]
    public void A_cell_that_was_complete_before_a_resume_is_not_told_again() => Assert.Empty(_narrator.Tell(Cell, recovered: true));

    [Fact]
    public void A_failure_says_whether_the_work_is_tried_again()
    {
        Assert.Equal(["failed: net/data/1 epoch 2, attempt 1: out of memory; trying again"], _narrator.Tell(Failure(1, gaveUp: false), recovered: false));
        Assert.Equal(
            ["failed: net/data/1 epoch 2, attempt 4: out of memory; given up, the campaign goes on without it"],
            _narrator.Tell(Failure(4, gaveUp: true), recovered: false));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_used_is_told() =>
        Assert.Equal(
            ["checkpoint refused: group-1.safetensors: missing; going on from the one before, or making it again"],
            _narrator.Tell(new CheckpointRefused(Run, "checkpoints/1", "group-1.safetensors: missing"), recovered: false));

    private static EpochTrained Epoch(int epoch) => new(Run, epoch, 0.5, 0.6, 0.8125, new("checkpoint", epoch, "00", []));

    private static EpochCheckpointed Steps(int epoch, int steps) => new(Run, epoch, new(steps, steps * 16, 3, 0.5), new("checkpoint", epoch - 1, "00", []));

    private static ShardMeasured Shard(string cell, int index) =>
        new(new(new($"{Run}/{cell}"), index), SpikeTrail.Protocol.Telemetry.Measurement.Empty);

    private static WorkFailed Failure(int attempt, bool gaveUp) => new(Run, "epoch 2", attempt, "out of\nmemory", gaveUp);
}
