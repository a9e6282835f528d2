using System.Collections.Immutable;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What is known of a campaign: the sum of its facts, and what follows from them.</summary>
/// <param name="Accepted">The first fact; null before it.</param>
/// <param name="Epochs">Each run's trained epochs, from 1 upwards.</param>
/// <param name="Shards">What each shard was measured to be.</param>
/// <param name="Links">Batch norm's running statistics as each measured link of a chain left them.</param>
/// <param name="Failures">Everything that failed, in order.</param>
/// <param name="IsCompleted">Whether everything that could be done was done.</param>
public sealed record CampaignState(
    CampaignAccepted? Accepted,
    ImmutableDictionary<RunId, ImmutableSortedDictionary<int, EpochTrained>> Epochs,
    ImmutableDictionary<ShardId, Measurement> Shards,
    ImmutableDictionary<LinkId, CheckpointManifest> Links,
    ImmutableList<WorkFailed> Failures,
    bool IsCompleted)
{
    /// <summary>A campaign of which nothing is known.</summary>
    public static CampaignState Empty { get; } = new(
        null,
        ImmutableDictionary<RunId, ImmutableSortedDictionary<int, EpochTrained>>.Empty,
        ImmutableDictionary<ShardId, Measurement>.Empty,
        ImmutableDictionary<LinkId, CheckpointManifest>.Empty,
        [],
        IsCompleted: false);

    /// <summary>The state after one more fact. A second report of a shard is ignored; an epoch trained or a link measured again, because its files were lost, replaces the first.</summary>
    public CampaignState Apply(ICampaignFact fact) => fact switch
    {
        CampaignAccepted accepted => this with { Accepted = accepted },
        EpochTrained epoch => this with { Epochs = Epochs.SetItem(epoch.Run, EpochsOf(epoch.Run).SetItem(epoch.Epoch, epoch)) },
        ShardMeasured shard => Shards.ContainsKey(shard.Shard) ? this : this with { Shards = Shards.Add(shard.Shard, shard.Measurement) },
        LinkMeasured link => link.Shards.Aggregate(this with { Links = Links.SetItem(link.Link, link.Statistics) }, (state, shard) => state.Apply(shard)),
        CellCompleted => this,
        WorkFailed failure => this with { Failures = Failures.Add(failure) },
        CampaignCompleted => this with { IsCompleted = true },
        _ => throw new ArgumentException($"no such fact: {fact.GetType()}", nameof(fact)),
    };

    /// <summary>A run's trained epochs.</summary>
    public ImmutableSortedDictionary<int, EpochTrained> EpochsOf(RunId run) =>
        Epochs.GetValueOrDefault(run, ImmutableSortedDictionary<int, EpochTrained>.Empty);

    /// <summary>The state without a run's later epochs, whose checkpoints cannot be used: they are to be trained again.</summary>
    public CampaignState ForgetEpochsAfter(RunId run, int epoch) =>
        this with { Epochs = Epochs.SetItem(run, EpochsOf(run).RemoveRange(EpochsOf(run).Keys.Where(trained => trained > epoch))) };

    /// <summary>The state without a link, whose statistics cannot be used: it is to be measured again, for their sake.</summary>
    public CampaignState Forget(LinkId link) => this with { Links = Links.Remove(link) };

    /// <summary>A cell's shards added up in their order, or null while one is missing.</summary>
    public Measurement? MeasurementOf(CellId cell, int shards)
    {
        var sum = Measurement.Empty;
        for (var index = 0; index < shards; index++)
        {
            if (!Shards.TryGetValue(new ShardId(cell, index), out var measurement))
            {
                return null;
            }

            sum = sum.Add(measurement);
        }

        return sum;
    }
}
