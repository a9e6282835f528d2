using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>One run made ready: its images are in memory, its network is known to be buildable and cuttable.</summary>
/// <param name="Context">What its pipeline works on.</param>
/// <param name="Parameters">Trained numbers of its network.</param>
/// <param name="Cells">Its cells, in order.</param>
public sealed record PreparedRun(RunContext Context, long Parameters, IReadOnlyList<CellPlan> Cells)
{
    // Of the same data set and so in as many slices.
    private readonly ILookup<CellId, CellPlan> _readers = CampaignPlan.Readers(Context.Campaign, Context.Run).ToLookup(reader => reader.Source!.Value.Cell);

    /// <summary>The run's id.</summary>
    public RunId Id => Context.Run.Id;

    /// <summary>Epochs to train.</summary>
    public int Epochs => Context.Campaign.Training.Epochs;

    /// <summary>Slices of the test set: the shards of each cell that wants the whole of it.</summary>
    public int Shards => (Context.Data.Test.Count + Context.Campaign.Evaluation.ShardSize - 1) / Context.Campaign.Evaluation.ShardSize;

    /// <summary>Shards of one cell: a check may want fewer than the rest.</summary>
    public int ShardsOf(CellPlan cell)
    {
        var size = Context.Campaign.Evaluation.ShardSize;
        return (int)Math.Min(Shards, ((cell.Images ?? int.MaxValue) - 1L + size) / size);
    }

    /// <summary>The shards of other runs that show the images a cell's attack makes of a slice.</summary>
    public IEnumerable<ShardId> ReadersOf(CellId cell, int index) => from reader in _readers[cell] where index < ShardsOf(reader) select new ShardId(reader.Id, index);

    /// <summary>Image passes of one epoch and the test after it.</summary>
    public long EpochCost => TrainingEpoch.CostOf(Context.Data.Training.Count) + Context.Data.Test.Count;

    /// <summary>Image passes of the samples of its trained network; 0 where none are taken.</summary>
    public long SampleCost { get; } = Context.Samples()?.Cost ?? 0;

    /// <summary>Image passes of all of it.</summary>
    public long Cost => Epochs * EpochCost + Groups.Sum(CostOf) + SampleCost;

    /// <summary>Its cells, in order, those together that are measured together: of one chain, or else of one protocol, on images of its own or on another's.</summary>
    public IReadOnlyList<IReadOnlyList<CellPlan>> Groups { get; } = [.. Cells.GroupBy(cell => (cell.Protocol.Name, cell.Chain, cell.Source is null)).Select(group => group.ToList())];

    /// <summary>Image passes of the test set in cells that are measured together.</summary>
    public long CostOf(IReadOnlyList<CellPlan> cells) => Enumerable.Range(0, Shards).Sum(index => SliceCost(cells, index));

    /// <summary>Image passes of one slice of the test set in those of some cells that want it, which are measured together.</summary>
    public long SliceCost(IReadOnlyList<CellPlan> cells, int index) => CostOf([.. cells.Where(cell => index < ShardsOf(cell))], Context.Slice(index));

    private long CostOf(IReadOnlyList<CellPlan> cells, Range slice) => cells switch
    {
        [] => 0,
        [{ Source: not null }, ..] => Context.ShardOfTransfer(cells, slice).Cost,
        [{ Chain: null }, ..] => Context.Shard(cells, slice).Cost,
        _ => Context.ShardOfChain(cells, slice).Cost,
    };
}

/// <summary>
/// A campaign that was checked against this machine before anything is started: data sets load, networks can be built
/// and cut, the files they start from fit them.
/// </summary>
/// <param name="Job">The campaign and its folders, the SHA-256 of every file that networks start from included.</param>
/// <param name="Identity">What determines its numbers.</param>
/// <param name="Runs">Its runs, in order.</param>
public sealed record PreparedCampaign(CampaignJob Job, CampaignIdentity Identity, IReadOnlyList<PreparedRun> Runs)
{
    /// <summary>Image passes of the whole campaign.</summary>
    public long Cost => Runs.Sum(run => run.Cost);

    /// <summary>Checks a campaign and loads its data.</summary>
    /// <exception cref="InputException">Something it needs is missing or wrong.</exception>
    public static PreparedCampaign Prepare(CampaignJob job)
    {
        job = job with { Campaign = job.Campaign with { Networks = [.. job.Campaign.Networks.Select(WithFileFound)] } };
        var identity = CampaignIdentity.Of(job.Campaign, job.Pipeline);
        var dataSets = job.Campaign.DataSets.ToDictionary(
            spec => spec.Name, spec => DataCatalog.Load(spec.Name, job.DataFolder).Limit(spec.TrainingLimit, spec.TestLimit));
        return new PreparedCampaign(job, identity, [.. CampaignPlan.Runs(job.Campaign).Select(run => Prepare(job, identity, run, dataSets[run.DataSet.Name]))]);
    }

    private static PreparedRun Prepare(CampaignJob job, CampaignIdentity identity, RunPlan run, DataSet data)
    {
        var images = data.Training;
        var network = Network.Create(run.Network, [images.Channels, images.Height, images.Width], images.Classes, run.Seed);
        _ = network.CutInto(job.Pipeline.LayerGroups);
        if (run.Network.Weights is { } weights)
        {
            _ = Naming(run.Network, () => Weights.Check(network, weights.Path));
        }

        return new PreparedRun(
            new RunContext(job.Campaign, run, job.Pipeline, data, job.OutputFolder, identity.Hash),
            network.TrainedCount,
            [.. CampaignPlan.Cells(job.Campaign, run)]);
    }

    private static NetworkSpec WithFileFound(NetworkSpec network) => network.Weights is { } weights
        ? network with { Weights = Naming(network, () => Weights.Find(weights.Path)) }
        : network;

    private static T Naming<T>(NetworkSpec network, Func<T> look)
    {
        try
        {
            return look();
        }
        catch (InputException refusal)
        {
            throw new InputException($"network {network.Name}: weights: {refusal.Message}", refusal);
        }
    }
}
