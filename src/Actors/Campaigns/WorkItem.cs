using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What a piece of work is called in the journal: what it belongs to, and its own name.</summary>
/// <param name="Run">The run.</param>
/// <param name="Work">The work, such as <c>epoch 3</c>.</param>
public readonly record struct WorkKey(RunId Run, string Work)
{
    /// <summary>What comes before all work of a run: without a pipeline none of it can be done.</summary>
    public static WorkKey Opening(RunId run) => new(run, "opening a pipeline");

    /// <summary>What comes after all work of a run, and is not missed by any.</summary>
    public static WorkKey Samples(RunId run) => new(run, new TakeSamples().ToString());

    /// <summary>What comes before all work of a run that shows another's images: the other's making them.</summary>
    public static WorkKey Images(RunId run, RunId source) => new(run, $"images of {source}");
}

/// <summary>A piece of work and what it belongs to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cells">The cells it is a slice of: none for training and samples, those that lack it for a slice, all of a chain's for a link.</param>
/// <param name="Work">What the pipeline is told.</param>
internal sealed record WorkItem(PreparedRun Run, IReadOnlyList<CellPlan> Cells, IPipelineWork Work)
{
    /// <summary>What it is called.</summary>
    public WorkKey Key => new(Run.Id, Work.ToString()!);

    /// <summary>
    /// All work that can be done now, in order: run by run, first the next epoch, then every slice of the test set in the cells
    /// of each protocol that lack it, of each chain the next link, and every slice of another run's images that are there, and its samples last.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="state">What is done.</param>
    /// <param name="isLeftOut">What is under way, waits to be tried again, or was given up. Nothing that follows from it is ready.</param>
    public static IEnumerable<WorkItem> Ready(PreparedCampaign campaign, CampaignState state, Func<WorkKey, bool> isLeftOut) =>
        campaign.Runs.SelectMany(run => Ready(run, state)).Where(work => !isLeftOut(work.Key));

    /// <summary>The cells of a run that wait for work which was given up, its own or that of making the images they show.</summary>
    public static IEnumerable<CellPlan> Errored(PreparedRun run, CampaignState state) => state.GivenUp.Contains(WorkKey.Opening(run.Id))
        ? run.Cells
        : Ready(run, state).Where(work => state.GivenUp.Contains(work.Key)).SelectMany(work => work.Work is TrainEpoch ? run.Cells : work.Cells)
            .Concat(Waiting(run, state).Where(cell => state.GivenUp.Contains(WorkKey.Images(run.Id, cell.Source!.Value.Run))));

    /// <summary>The cells of a run that wait for images of others.</summary>
    public static IEnumerable<CellPlan> Waiting(PreparedRun run, CampaignState state) =>
        from cell in run.Cells
        where cell.Source is not null
        where Enumerable.Range(0, run.Shards).Any(index => Lacking(run, [cell], index, state).Count > 0 && !state.Images.ContainsKey(SourceOf(cell, index)))
        select cell;

    /// <summary>Whether the images that a cell's attack makes of a slice are still to be shown to another network.</summary>
    public static bool WantsImages(PreparedRun run, CellId cell, int index, CampaignState state) =>
        run.ReadersOf(cell, index).Any(reader => !state.Shards.ContainsKey(reader));

    /// <summary>The files it reads besides the weights, and the run that wrote each.</summary>
    public IEnumerable<(RunId Run, CheckpointManifest File)> Files => Work switch
    {
        MeasureLink { Statistics: { } statistics } => [(Run.Id, statistics)],
        MeasureTransfer work => Cells.Zip(work.Images, (cell, images) => (cell.Source!.Value.Run, images)),
        _ => [],
    };

    /// <summary>Whether a fact is on the way to this work's answer.</summary>
    public bool IsAdvancedBy(EpochCheckpointed fact) => Work is TrainEpoch work && fact.Run == Run.Id && fact.Epoch == work.Epoch;

    /// <summary>Whether something is this work's answer.</summary>
    public bool IsAnsweredBy(IWireMessage answer) => (Work, answer) switch
    {
        (TrainEpoch work, EpochTrained done) => done.Run == Run.Id && done.Epoch == work.Epoch,
        (MeasureSlice work, SliceMeasured done) => done.Slice == work.Slice,
        (MeasureTransfer work, SliceMeasured done) => done.Slice == work.Slice,
        (MeasureLink work, LinkMeasured done) => done.Link == work.Link,
        (TakeSamples, SamplesTaken done) => done.Run == Run.Id,
        _ => false,
    };

    /// <summary>How far the campaign is, given how far this work is.</summary>
    /// <param name="state">What is done.</param>
    /// <param name="progress">How far this work is.</param>
    /// <param name="campaignDone">Image passes of the campaign that are done, all work under way included.</param>
    /// <param name="campaignCost">Image passes of the campaign.</param>
    public ProgressUpdate Update(CampaignState state, WorkProgress progress, long campaignDone, long campaignCost) => new(
        Run.Id,
        Work switch { TrainEpoch work => $"epoch {work.Epoch}/{Run.Epochs}", TakeSamples work => work.ToString(), _ => Describe() },
        Together().Sum(cells => DoneOf(Run, cells, state)) + progress.Done,
        Cells.Count == 0 ? progress.Total : Together().Sum(Run.CostOf),
        campaignDone,
        campaignCost,
        progress.Loss,
        progress.Accuracy,
        progress.ZeroFraction);

    /// <summary>Image passes of a run that are done.</summary>
    public static long DoneOf(PreparedRun run, CampaignState state) =>
        state.EpochsOf(run.Id).Count * run.EpochCost + run.Groups.Sum(cells => DoneOf(run, cells, state)) + (LacksSamples(run, state) ? 0 : run.SampleCost);

    private static IEnumerable<WorkItem> Ready(PreparedRun run, CampaignState state)
    {
        if (state.TrainingOf(run.Id).Next is var next && next.Epoch <= run.Epochs)
        {
            yield return new WorkItem(run, [], next);
            yield break;
        }

        foreach (var cells in run.Groups)
        {
            var lacking = Enumerable.Range(0, run.Shards).Select(index => (Index: index, Cells: Lacking(run, cells, index, state))).Where(slice => slice.Cells.Count > 0);
            if (cells[0].Chain is { } chain)
            {
                if (lacking.Any())
                {
                    yield return new WorkItem(run, cells, NextLink(chain, state));
                }

                continue;
            }

            foreach (var slice in lacking)
            {
                var id = new SliceId(run.Id, cells[0].Protocol.Name, slice.Index);
                if (cells[0].Source is null)
                {
                    yield return new WorkItem(run, slice.Cells, Measure(run, id, slice.Cells, state));
                }
                else if (slice.Cells.Where(cell => state.Images.ContainsKey(SourceOf(cell, slice.Index))).ToList() is { Count: > 0 } there)
                {
                    yield return new WorkItem(
                        run, there, new MeasureTransfer(id, [.. there.Select(cell => cell.Id)], [.. there.Select(cell => state.Images[SourceOf(cell, slice.Index)])]));
                }
            }
        }

        if (LacksSamples(run, state))
        {
            yield return new WorkItem(run, [], new TakeSamples());
        }
    }

    /// <summary>Whether samples are wanted and not there. A campaign that was completed without them stays so: its checkpoints may have been deleted since.</summary>
    private static bool LacksSamples(PreparedRun run, CampaignState state) => run.SampleCost > 0 && !state.Samples.ContainsKey(run.Id) && !state.IsCompleted;

    private static MeasureSlice Measure(PreparedRun run, SliceId slice, List<CellPlan> cells, CampaignState state) => new(slice, [.. cells.Select(cell => cell.Id)])
    {
        Kept = [.. from cell in cells where WantsImages(run, cell.Id, slice.Index, state) select cell.Id],
    };

    /// <summary>The cells that want a slice of the test set and lack it: the measurement, or images that others are to be shown.</summary>
    private static List<CellPlan> Lacking(PreparedRun run, IReadOnlyList<CellPlan> cells, int index, CampaignState state) =>
    [
        .. from cell in cells
           let shard = new ShardId(cell.Id, index)
           where index < run.ShardsOf(cell) && (!state.Shards.ContainsKey(shard) || (!state.Images.ContainsKey(shard) && WantsImages(run, cell.Id, index, state)))
           select cell,
    ];

    /// <summary>The shard that makes the images which a cell shows.</summary>
    private static ShardId SourceOf(CellPlan cell, int index) => new(cell.Source!.Value.Cell, index);

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

    /// <summary>The cells it is a slice of, and those that have the slice already: none for training and samples.</summary>
    private IEnumerable<IReadOnlyList<CellPlan>> Together() => Run.Groups.Where(cells => Cells.Count > 0 && cells.Contains(Cells[0]));

    private string Describe()
    {
        var names = string.Join(" and ", Cells.Select(cell => cell.Attack.Kind == AttackKind.None ? "clean" : CheckAttacks.IsCheck(cell.Attack) ? "checks" : cell.Attack.Name).Distinct());
        var budgets = string.Join(", ", Cells.Where(cell => cell.Attack.Kind != AttackKind.None && !CheckAttacks.IsCheck(cell.Attack)).Select(cell => cell.Epsilon.ToString(CultureInfo.InvariantCulture)).Distinct());
        return $"{Cells[0].Protocol.Name} {names}{(budgets.Length == 0 ? "" : $" eps {budgets}")}";
    }

    /// <summary>What was measured need not be again; what is left costs what it costs by itself.</summary>
    private static long DoneOf(PreparedRun run, IReadOnlyList<CellPlan> cells, CampaignState state) =>
        Enumerable.Range(0, run.Shards).Sum(index => run.SliceCost(cells, index) - run.SliceCost(Lacking(run, cells, index, state), index));
}
