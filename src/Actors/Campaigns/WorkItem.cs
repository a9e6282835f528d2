using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A piece of work and what it belongs to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cells">The cells it is a slice of: none for training, all of a chain's for a link.</param>
/// <param name="Work">What the pipeline is told.</param>
/// <param name="CellsDone">Image passes of the cells that are done before it.</param>
/// <param name="CampaignDone">Image passes of the campaign that are done before it.</param>
/// <param name="CampaignCost">Image passes of the campaign.</param>
internal sealed record WorkItem(PreparedRun Run, IReadOnlyList<CellPlan> Cells, IPipelineWork Work, long CellsDone, long CampaignDone, long CampaignCost)
{
    /// <summary>
    /// The first piece of work that is not done: run by run, first every epoch, then every shard of every cell, the cells of
    /// a chain together. Null when none is left but in runs that were given up.
    /// </summary>
    public static WorkItem? Next(PreparedCampaign campaign, CampaignState state, IReadOnlySet<RunId> givenUp)
    {
        foreach (var run in campaign.Runs.Where(run => !givenUp.Contains(run.Id)))
        {
            if (Next(run, state) is var (cells, work))
            {
                return new WorkItem(
                    run, cells, work, cells.Sum(cell => DoneOf(run, cell, state)), campaign.Runs.Sum(each => DoneOf(each, state)), campaign.Cost);
            }
        }

        return null;
    }

    /// <summary>Whether a fact is on the way to this work's answer.</summary>
    public bool IsAdvancedBy(EpochCheckpointed fact) => Work is TrainEpoch work && fact.Run == Run.Id && fact.Epoch == work.Epoch;

    /// <summary>Whether a fact is this work's answer.</summary>
    public bool IsAnsweredBy(ICampaignFact fact) => (Work, fact) switch
    {
        (TrainEpoch work, EpochTrained done) => done.Run == Run.Id && done.Epoch == work.Epoch,
        (MeasureShard work, ShardMeasured done) => done.Shard == work.Shard,
        (MeasureLink work, LinkMeasured done) => done.Link == work.Link,
        _ => false,
    };

    /// <summary>How far the campaign is, given how far this work is.</summary>
    public ProgressUpdate Update(WorkProgress progress) => new(
        Run.Id,
        Work is TrainEpoch work ? $"epoch {work.Epoch}/{Run.Epochs}" : Describe(),
        CellsDone + progress.Done,
        Work is TrainEpoch ? progress.Total : Cells.Sum(Run.CellCost),
        CampaignDone + progress.Done,
        CampaignCost,
        progress.Loss,
        progress.Accuracy,
        progress.ZeroFraction);

    private static (IReadOnlyList<CellPlan> Cells, IPipelineWork Work)? Next(PreparedRun run, CampaignState state)
    {
        if (state.TrainingOf(run.Id).Next is var next && next.Epoch <= run.Epochs)
        {
            return ([], next);
        }

        foreach (var cell in run.Cells.Where(cell => MissingShard(run, cell, state) is not null))
        {
            return cell.Chain is { } chain
                ? ([.. run.Cells.Where(other => other.Chain == chain)], NextLink(chain, state))
                : ([cell], new MeasureShard(MissingShard(run, cell, state)!.Value));
        }

        return null;
    }

    private static ShardId? MissingShard(PreparedRun run, CellPlan cell, CampaignState state) =>
        Enumerable.Range(0, run.Shards).Select(index => (ShardId?)new ShardId(cell.Id, index)).FirstOrDefault(shard => !state.Shards.ContainsKey(shard!.Value));

    /// <summary>The first link whose statistics are not there: it may have been measured before they were lost.</summary>
    private static MeasureLink NextLink(ChainId chain, CampaignState state)
    {
        var (index, statistics) = (0, default(CheckpointManifest));
        while (state.Links.TryGetValue(new LinkId(chain, index), out var left))
        {
            (index, statistics) = (index + 1, left);
        }

        return new MeasureLink(new LinkId(chain, index), statistics);
    }

    private string Describe()
    {
        var (protocol, attacks) = (Cells[0].Protocol.Name, string.Join(" and ", Cells.Select(cell => cell.Attack.Name)));
        return Cells[0].Attack.Kind == AttackKind.None
            ? $"{protocol} clean"
            : string.Create(CultureInfo.InvariantCulture, $"{protocol} {attacks} eps {Cells[0].Epsilon}");
    }

    private static long DoneOf(PreparedRun run, CampaignState state) =>
        state.EpochsOf(run.Id).Count * run.EpochCost + run.Cells.Sum(cell => DoneOf(run, cell, state));

    private static long DoneOf(PreparedRun run, CellPlan cell, CampaignState state) =>
        Enumerable.Range(0, run.Shards).Where(index => state.Shards.ContainsKey(new ShardId(cell.Id, index))).Sum(index => run.ShardCost(cell, index));
}
