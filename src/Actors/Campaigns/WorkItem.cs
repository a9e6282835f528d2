using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What a piece of work is called in the journal: what it belongs to, and its own name.</summary>
/// <param name="Run">The run.</param>
/// <param name="Work">The work, such as <c>epoch 3</c>.</param>
public readonly record struct WorkKey(RunId Run, string Work)
{
    /// <summary>What comes before all work of a run: without a pipeline none of it can be done.</summary>
    public static WorkKey Opening(RunId run) => new(run, "opening a pipeline");
}

/// <summary>A piece of work and what it belongs to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cells">The cells it is a slice of: none for training, all of a chain's for a link.</param>
/// <param name="Work">What the pipeline is told.</param>
internal sealed record WorkItem(PreparedRun Run, IReadOnlyList<CellPlan> Cells, IPipelineWork Work)
{
    /// <summary>What it is called.</summary>
    public WorkKey Key => new(Run.Id, Work.ToString()!);

    /// <summary>
    /// All work that can be done now, in order: run by run, first the next epoch, then every shard of every cell, and of each
    /// chain the next link.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="state">What is done.</param>
    /// <param name="isLeftOut">What is under way, waits to be tried again, or was given up. Nothing that follows from it is ready.</param>
    public static IEnumerable<WorkItem> Ready(PreparedCampaign campaign, CampaignState state, Func<WorkKey, bool> isLeftOut) =>
        campaign.Runs.SelectMany(run => Ready(run, state)).Where(work => !isLeftOut(work.Key));

    /// <summary>The cells of a run that wait for work which was given up.</summary>
    public static IEnumerable<CellPlan> Errored(PreparedRun run, CampaignState state) => state.GivenUp.Contains(WorkKey.Opening(run.Id))
        ? run.Cells
        : Ready(run, state).Where(work => state.GivenUp.Contains(work.Key)).SelectMany(work => work.Work is TrainEpoch ? run.Cells : work.Cells);

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
    /// <param name="state">What is done.</param>
    /// <param name="progress">How far this work is.</param>
    /// <param name="campaignDone">Image passes of the campaign that are done, all work under way included.</param>
    /// <param name="campaignCost">Image passes of the campaign.</param>
    public ProgressUpdate Update(CampaignState state, WorkProgress progress, long campaignDone, long campaignCost) => new(
        Run.Id,
        Work is TrainEpoch work ? $"epoch {work.Epoch}/{Run.Epochs}" : Describe(),
        Cells.Sum(cell => DoneOf(Run, cell, state)) + progress.Done,
        Work is TrainEpoch ? progress.Total : Cells.Sum(Run.CellCost),
        campaignDone,
        campaignCost,
        progress.Loss,
        progress.Accuracy,
        progress.ZeroFraction);

    /// <summary>Image passes of a run that are done.</summary>
    public static long DoneOf(PreparedRun run, CampaignState state) =>
        state.EpochsOf(run.Id).Count * run.EpochCost + run.Cells.Sum(cell => DoneOf(run, cell, state));

    private static IEnumerable<WorkItem> Ready(PreparedRun run, CampaignState state)
    {
        if (state.TrainingOf(run.Id).Next is var next && next.Epoch <= run.Epochs)
        {
            yield return new WorkItem(run, [], next);
            yield break;
        }

        var chains = new HashSet<ChainId>();
        foreach (var cell in run.Cells)
        {
            var missing = Enumerable.Range(0, run.Shards).Select(index => new ShardId(cell.Id, index)).Where(shard => !state.Shards.ContainsKey(shard));
            if (cell.Chain is not { } chain)
            {
                foreach (var shard in missing)
                {
                    yield return new WorkItem(run, [cell], new MeasureShard(shard));
                }
            }
            else if (missing.Any() && chains.Add(chain))
            {
                yield return new WorkItem(run, [.. run.Cells.Where(other => other.Chain == chain)], NextLink(chain, state));
            }
        }
    }

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

    private static long DoneOf(PreparedRun run, CellPlan cell, CampaignState state) =>
        Enumerable.Range(0, run.Shards).Where(index => state.Shards.ContainsKey(new ShardId(cell.Id, index))).Sum(index => run.ShardCost(cell, index));
}
