using System.Collections.Immutable;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What is known of a campaign: the sum of its facts, and what follows from them.</summary>
/// <param name="Accepted">The first fact; null before it.</param>
/// <param name="Training">How far each run's training is.</param>
/// <param name="Shards">What each shard was measured to be.</param>
/// <param name="Links">Batch norm's running statistics as each measured link of a chain left them.</param>
/// <param name="Images">Where the attacked images of a shard lie, or lay: whoever shows them does so once.</param>
/// <param name="Samples">The samples taken of each run's network.</param>
/// <param name="Failures">Everything that failed, in order.</param>
/// <param name="GivenUp">The work that was given up when it was last tried.</param>
/// <param name="IsCompleted">Whether everything that could be done was done.</param>
public sealed record CampaignState(
    CampaignAccepted? Accepted,
    ImmutableDictionary<RunId, TrainingHistory> Training,
    ImmutableDictionary<ShardId, Measurement> Shards,
    ImmutableDictionary<LinkId, CheckpointManifest> Links,
    ImmutableDictionary<ShardId, CheckpointManifest> Images,
    ImmutableDictionary<RunId, RunSamples> Samples,
    ImmutableList<WorkFailed> Failures,
    ImmutableHashSet<WorkKey> GivenUp,
    bool IsCompleted)
{
    /// <summary>A campaign of which nothing is known.</summary>
    public static CampaignState Empty { get; } = new(
        null,
        ImmutableDictionary<RunId, TrainingHistory>.Empty,
        ImmutableDictionary<ShardId, Measurement>.Empty,
        ImmutableDictionary<LinkId, CheckpointManifest>.Empty,
        ImmutableDictionary<ShardId, CheckpointManifest>.Empty,
        ImmutableDictionary<RunId, RunSamples>.Empty,
        [],
        [],
        IsCompleted: false);

    /// <summary>The state after one more fact. A second report of a shard, or of samples, is ignored; an epoch trained or a link measured again, because its files were lost, replaces the first and what came after it.</summary>
    public CampaignState Apply(ICampaignFact fact) => fact switch
    {
        CampaignAccepted accepted => this with { Accepted = accepted },
        EpochCheckpointed step => this with { Training = Training.SetItem(step.Run, TrainingOf(step.Run).Add(step)), GivenUp = GivenUpBut(step.Run.Value) },
        EpochTrained epoch => this with { Training = Training.SetItem(epoch.Run, TrainingOf(epoch.Run).Add(epoch)), GivenUp = GivenUpBut(epoch.Run.Value) },
        ShardMeasured shard => Shards.ContainsKey(shard.Shard)
            ? this
            : this with { Shards = Shards.Add(shard.Shard, shard.Measurement), GivenUp = GivenUpBut(shard.Shard.Cell.Value) },
        LinkMeasured link => link.Shards.Aggregate(this with { Links = LinksBefore(link.Link).Add(link.Link, link.Statistics) }, (state, shard) => state.Apply(shard)),
        ImagesKept kept => this with { Images = Images.SetItem(kept.Shard, kept.Images) },
        SamplesTaken samples => Samples.ContainsKey(samples.Run)
            ? this
            : this with { Samples = Samples.Add(samples.Run, samples.Samples), GivenUp = GivenUpBut(samples.Run.Value) },
        CheckpointRefused refused => this with
        {
            Training = Training.SetItem(refused.Run, TrainingOf(refused.Run).Without(refused.Checkpoint)),
            Links = Links.RemoveRange(Links.Where(link => link.Value.Folder == refused.Checkpoint).Select(link => link.Key)),
            Images = Images.RemoveRange(Images.Where(images => images.Value.Folder == refused.Checkpoint).Select(images => images.Key)),
        },
        CellCompleted => this,
        WorkFailed failure => this with
        {
            Failures = Failures.Add(failure),
            GivenUp = failure.GaveUp ? GivenUp.Add(new WorkKey(failure.Run, failure.Work)) : GivenUp.Remove(new WorkKey(failure.Run, failure.Work)),
        },
        CampaignCompleted => this with { IsCompleted = true },
        _ => throw new ArgumentException($"no such fact: {fact.GetType()}", nameof(fact)),
    };

    /// <summary>How far a run's training is.</summary>
    public TrainingHistory TrainingOf(RunId run) => Training.GetValueOrDefault(run, TrainingHistory.Empty);

    /// <summary>A run's trained epochs.</summary>
    public ImmutableSortedDictionary<int, EpochTrained> EpochsOf(RunId run) => TrainingOf(run).Epochs;

    /// <summary>Whether nothing will go on from a link's statistics: as with epochs the last two stay, and none once the chain is through.</summary>
    /// <param name="link">The link.</param>
    /// <param name="links">Links of its chain.</param>
    public bool IsSuperseded(LinkId link, int links) =>
        Links.ContainsKey(link with { Index = links - 1 }) || Links.ContainsKey(link with { Index = link.Index + 2 });

    /// <summary>A cell's shards added up in their order, or null while one is missing.</summary>
    public Measurement? MeasurementOf(CellId cell, int shards)
    {
        var measured = new List<Measurement>(shards);
        for (var index = 0; index < shards; index++)
        {
            if (!Shards.TryGetValue(new ShardId(cell, index), out var measurement))
            {
                return null;
            }

            measured.Add(measurement);
        }

        return Measurement.Sum(measured);
    }

    /// <summary>Where something of a run is done, its pipeline could be opened after all.</summary>
    private ImmutableHashSet<WorkKey> GivenUpBut(string done) =>
        GivenUp.Except(GivenUp.Where(work => work == WorkKey.Opening(work.Run) && $"{done}/".StartsWith($"{work.Run.Value}/", StringComparison.Ordinal)));

    private ImmutableDictionary<LinkId, CheckpointManifest> LinksBefore(LinkId link)
    {
        var links = Links;
        for (; links.ContainsKey(link); link = link with { Index = link.Index + 1 })
        {
            links = links.Remove(link);
        }

        return links;
    }
}
