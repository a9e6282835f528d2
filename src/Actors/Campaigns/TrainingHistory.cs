using System.Collections.Immutable;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A point of a run's training that it can go on from.</summary>
/// <param name="Epochs">Whole epochs trained there.</param>
/// <param name="Progress">How much of the next one is; null at its beginning.</param>
/// <param name="Checkpoint">The checkpoint that holds it.</param>
public sealed record TrainingPoint(int Epochs, EpochProgress? Progress, CheckpointManifest Checkpoint)
{
    /// <inheritdoc/>
    public override string ToString() => Progress is null ? $"epoch {Epochs}" : $"step {Progress.Steps} of epoch {Epochs + 1}";
}

/// <summary>How far a run's training is: what it can go on from, and which checkpoints nothing will go on from any more.</summary>
/// <param name="Epochs">The trained epochs, from 1 upwards.</param>
/// <param name="Steps">The checkpoints within the last epoch that had any, by their steps: within the next one, or one that is trained.</param>
public sealed record TrainingHistory(ImmutableSortedDictionary<int, EpochTrained> Epochs, ImmutableSortedDictionary<int, EpochCheckpointed> Steps)
{
    /// <summary>A run that was not begun.</summary>
    public static TrainingHistory Empty { get; } = new(ImmutableSortedDictionary<int, EpochTrained>.Empty, ImmutableSortedDictionary<int, EpochCheckpointed>.Empty);

    /// <summary>The points that training can go on from, newest first.</summary>
    public IEnumerable<TrainingPoint> Points =>
    [
        .. Steps.Values.Reverse().Where(step => step.Epoch > Epochs.Count).Select(step => new TrainingPoint(Epochs.Count, step.Progress, step.Checkpoint)),
        .. Epochs.Values.Reverse().Select(epoch => new TrainingPoint(epoch.Epoch, null, epoch.Checkpoint)),
    ];

    /// <summary>The epoch to train next, and where in it to begin.</summary>
    public TrainEpoch Next => new(Epochs.Count + 1, Points.FirstOrDefault()?.Progress);

    /// <summary>
    /// The checkpoints to keep: the two newest, so that there is one to fall back to, and the newest of a whole epoch,
    /// which is still there when its successor's steps go.
    /// </summary>
    public IEnumerable<CheckpointManifest> Kept =>
        Points.Take(2).Concat(Points.Where(point => point.Progress is null).Take(1)).Select(point => point.Checkpoint).Distinct();

    /// <summary>The checkpoints that may be removed.</summary>
    public IEnumerable<CheckpointManifest> Superseded =>
        Steps.Values.Select(step => step.Checkpoint).Concat(Epochs.Values.Select(epoch => epoch.Checkpoint)).Except(Kept);

    /// <summary>The history after one more epoch. One that was there already was lost, and what came after it.</summary>
    public TrainingHistory Add(EpochTrained epoch) => this with { Epochs = EpochsBefore(epoch.Epoch).Add(epoch.Epoch, epoch) };

    /// <summary>The history after one more checkpoint within an epoch. A later one that was there already was lost, and what came after it.</summary>
    public TrainingHistory Add(EpochCheckpointed step) => new(
        EpochsBefore(step.Epoch),
        Steps.RemoveRange(Steps.Values.Where(other => other.Epoch != step.Epoch || other.Progress.Steps >= step.Progress.Steps).Select(other => other.Progress.Steps))
            .Add(step.Progress.Steps, step));

    /// <summary>The history up to before a checkpoint that cannot be gone on from; the same history where it has none of that folder.</summary>
    public TrainingHistory Without(string checkpoint)
    {
        var rest = Points.SkipWhile(point => point.Checkpoint.Folder != checkpoint).ToList();
        return rest.Count == 0 ? this : BackTo(rest.Skip(1).FirstOrDefault());
    }

    private TrainingHistory BackTo(TrainingPoint? point) => new(
        EpochsBefore((point?.Epochs ?? 0) + 1),
        Steps.RemoveRange(Steps.Keys.Where(step => step > (point?.Progress?.Steps ?? 0))));

    private ImmutableSortedDictionary<int, EpochTrained> EpochsBefore(int epoch) => Epochs.RemoveRange(Epochs.Keys.Where(trained => trained >= epoch));
}
