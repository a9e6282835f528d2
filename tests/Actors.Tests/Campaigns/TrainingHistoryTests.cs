using CsCheck;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class TrainingHistoryTests
{
    private static readonly RunId Run = new("net/data/1");

    [Fact]
    public void Training_goes_on_from_the_newest_checkpoint_of_the_epoch_under_training()
    {
        Assert.Equal(new TrainEpoch(1, From: null), TrainingHistory.Empty.Next);
        Assert.Equal(new TrainEpoch(1, Progress(20)), After("1.10 1.20").Next);
        Assert.Equal(new TrainEpoch(2, From: null), After("1.10 1.20 1").Next);
        Assert.Equal(new TrainEpoch(3, Progress(10)), After("1 2 3.10").Next);
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("1.10", "1.10", "")]
    [InlineData("1.10 1.20", "1.20 1.10", "")]
    [InlineData("1.10 1.20 1.30", "1.30 1.20", "1.10")]
    [InlineData("1.10 1.20 1", "1", "1.10 1.20")]
    [InlineData("1.10 1.20 1 2.10", "2.10 1", "")]
    [InlineData("1 2", "2 1", "")]
    [InlineData("1 2 3", "3 2", "1")]
    [InlineData("1 2 3.10", "3.10 2", "1")]
    [InlineData("1 2 3.10 3.20", "3.20 3.10 2", "1")]
    [InlineData("1 2 3.10 3.20 3.30", "3.30 3.20 2", "1 3.10")]
    [InlineData("1 2 3.10 3.20 3", "3 2", "1 3.10 3.20")]
    public void The_two_newest_checkpoints_and_the_newest_of_a_whole_epoch_are_kept(string journal, string kept, string superseded)
    {
        var history = After(journal);

        Assert.Equal(kept, Names(history.Kept));
        Assert.Equal(superseded.Split(' ').Order(), Names(history.Superseded).Split(' ').Order());
    }

    [Theory]
    [InlineData("1 2 3.10 3.20", "3.20,3.10,2,1")]
    [InlineData("1 2 3.10 3.20 3", "3,2,1")]
    [InlineData("", "")]
    public void What_training_can_go_on_from_is_tried_newest_first(string journal, string points) =>
        Assert.Equal(points, string.Join(',', After(journal).Points.Select(point => point.Checkpoint.Folder)));

    [Theory]
    [InlineData("1 2 3.10 3.20", 1, "1 2 3.10")]
    [InlineData("1 2 3.10 3.20", 2, "1 2")]
    [InlineData("1 2 3.10 3.20", 3, "1")]
    [InlineData("1 2 3.10 3.20", 4, "")]
    [InlineData("1 2 3.10 3", 1, "1 2")]
    public void Going_back_is_to_be_where_training_was(string journal, int damaged, string left)
    {
        var history = After(journal);

        for (var lost = 0; lost < damaged; lost++)
        {
            history = history.Without(history.Points.First().Checkpoint.Folder);
        }

        Assert.Equal(After(left).Points.Select(point => point.ToString()), history.Points.Select(point => point.ToString()));
        Assert.Equal(After(left).Next, history.Next);
    }

    [Theory]
    [InlineData("1 2 2", "1 2")]
    [InlineData("1 2 3 1", "1")]
    [InlineData("1 2 2.10", "1 2.10")]
    [InlineData("1.10 1.20 1.30 1.20", "1.10 1.20")]
    [InlineData("1 2 3.10 2.10 2 3.10", "1 2 3.10")]
    public void What_is_trained_again_makes_what_came_after_it_void(string journal, string same) =>
        Assert.Equal(After(same).Points.Select(point => point.ToString()), After(journal).Points.Select(point => point.ToString()));

    [Fact]
    public void Removing_never_takes_the_last_good_checkpoint_nor_the_one_to_fall_back_to() =>
        Gen.Int[0, 5].Array[1, 40].Sample(moves =>
        {
            // 0 loses the newest checkpoint; anything else trains on: by ten steps, or to the end of the epoch.
            var (history, onDisk) = (TrainingHistory.Empty, new HashSet<string>());
            foreach (var move in moves)
            {
                if (move == 0)
                {
                    onDisk.Remove(history.Points.FirstOrDefault()?.Checkpoint.Folder ?? "");
                    while (history.Points.FirstOrDefault() is { Checkpoint.Folder: var newest } && !onDisk.Contains(newest))
                    {
                        history = history.Without(newest);
                    }

                    continue;
                }

                var (epoch, from) = history.Next;
                var name = move < 5 ? $"{epoch}.{(from?.Steps ?? 0) + 10}" : $"{epoch}";
                history = Add(history, name);
                onDisk.Add(name);
                var before = Good();
                onDisk.ExceptWith(history.Superseded.Select(checkpoint => checkpoint.Folder));
                Assert.Equal(name, history.Points.First().Checkpoint.Folder);
                Assert.InRange(Good(), Math.Min(2, before), 3);
                Assert.Contains(name, onDisk);
            }

            int Good() => history.Points.Count(point => onDisk.Contains(point.Checkpoint.Folder));
        });

    /// <summary>The history after some facts: <c>3</c> is epoch 3, <c>3.20</c> its first 20 steps.</summary>
    private static TrainingHistory After(string journal) =>
        journal.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(TrainingHistory.Empty, Add);

    private static TrainingHistory Add(TrainingHistory history, string name)
    {
        var numbers = name.Split('.').Select(int.Parse).ToArray();
        return numbers is [var epoch, var steps]
            ? history.Add(new EpochCheckpointed(Run, epoch, Progress(steps), new CheckpointManifest(name, epoch - 1, "00", [])))
            : history.Add(new EpochTrained(Run, numbers[0], 1, 1, 0.5, new CheckpointManifest(name, numbers[0], "00", [])));
    }

    private static EpochProgress Progress(int steps) => new(steps, steps * 16, 0, 0.5);

    private static string Names(IEnumerable<CheckpointManifest> checkpoints) => string.Join(' ', checkpoints.Select(checkpoint => checkpoint.Folder));
}
