using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A piece of work and what it belongs to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cell">The cell; null for training.</param>
/// <param name="Work">What the pipeline is told.</param>
/// <param name="CellDone">Image passes of the cell that are done before it.</param>
/// <param name="CampaignDone">Image passes of the campaign that are done before it.</param>
/// <param name="CampaignCost">Image passes of the campaign.</param>
internal sealed record WorkItem(PreparedRun Run, CellPlan? Cell, IPipelineWork Work, long CellDone, long CampaignDone, long CampaignCost)
{
    /// <summary>
    /// The first piece of work that is not done: run by run, first every epoch, then every shard of every cell. Null when
    /// none is left but in runs that were given up.
    /// </summary>
    public static WorkItem? Next(PreparedCampaign campaign, CampaignState state, IReadOnlySet<RunId> givenUp)
    {
        foreach (var run in campaign.Runs.Where(run => !givenUp.Contains(run.Id)))
        {
            var trained = state.EpochsOf(run.Id).Count;
            if (trained < run.Epochs)
            {
                return new WorkItem(run, null, new TrainEpoch(trained + 1), 0, DoneOf(campaign, state), campaign.Cost);
            }

            foreach (var cell in run.Cells)
            {
                for (var index = 0; index < run.Shards; index++)
                {
                    var shard = new ShardId(cell.Id, index);
                    if (!state.Shards.ContainsKey(shard))
                    {
                        return new WorkItem(run, cell, new MeasureShard(shard), DoneOf(run, cell, state), DoneOf(campaign, state), campaign.Cost);
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Whether a fact is this work's answer.</summary>
    public bool IsAnsweredBy(ICampaignFact fact) => (Work, fact) switch
    {
        (TrainEpoch work, EpochTrained done) => done.Run == Run.Id && done.Epoch == work.Epoch,
        (MeasureShard work, ShardMeasured done) => done.Shard == work.Shard,
        _ => false,
    };

    /// <summary>How far the campaign is, given how far this work is.</summary>
    public ProgressUpdate Update(WorkProgress progress)
    {
        var (activity, total) = Work switch
        {
            TrainEpoch work => ($"epoch {work.Epoch}/{Run.Epochs}", progress.Total),
            MeasureShard => (Describe(Cell!), Run.CellCost(Cell!)),
            _ => throw new InvalidOperationException($"no such work: {Work}"),
        };
        return new ProgressUpdate(
            Run.Id,
            activity,
            CellDone + progress.Done,
            total,
            CampaignDone + progress.Done,
            CampaignCost,
            progress.Loss,
            progress.Accuracy,
            progress.ZeroFraction);
    }

    private static string Describe(CellPlan cell) => cell.Attack.Kind == AttackKind.None
        ? $"{cell.Protocol.Name} clean"
        : string.Create(CultureInfo.InvariantCulture, $"{cell.Protocol.Name} {cell.Attack.Name} eps {cell.Epsilon}");

    private static long DoneOf(PreparedCampaign campaign, CampaignState state) => campaign.Runs.Sum(run => DoneOf(run, state));

    private static long DoneOf(PreparedRun run, CampaignState state) =>
        state.EpochsOf(run.Id).Count * run.EpochCost + run.Cells.Sum(cell => DoneOf(run, cell, state));

    private static long DoneOf(PreparedRun run, CellPlan cell, CampaignState state) =>
        Enumerable.Range(0, run.Shards).Where(index => state.Shards.ContainsKey(new ShardId(cell.Id, index))).Sum(index => run.ShardCost(cell, index));
}
