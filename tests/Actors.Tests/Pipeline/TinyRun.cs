using Akka.Actor;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>A run that takes a fraction of a second: a narrow ten-layer network on made-up images.</summary>
internal static class TinyRun
{
    public const int TimeSteps = 4;

    private const int Side = 12;
    private const int Classes = 3;

    public static CampaignSpec Campaign { get; } = new()
    {
        Name = "tiny",
        Networks = [new NetworkSpec { Name = "narrow", Depth = 10, Width = 0.0625 }],
        DataSets = [new DataSetSpec { Name = "made-up", TimeSteps = TimeSteps }],
        Seeds = [7],
        Training = new TrainingSpec { Epochs = 2, BatchSize = 8, Optimizer = new OptimizerSpec { LearningRate = 1e-2 } },
        Protocols = [new ProtocolSpec { Name = "strict" }],
        Attacks =
        [
            new AttackSpec { Name = "fgsm", Kind = AttackKind.Fgsm },
            new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, Iterations = 2, Restarts = 2 },
        ],
        Epsilons = [8],
        Evaluation = new EvaluationSpec { BatchSize = 4, ShardSize = 8 },
    };

    public static RunContext Context(string folder, int groups = 2, int window = 1, CampaignSpec? campaign = null, int trainingImages = 24, int testImages = 8)
    {
        campaign ??= Campaign;
        return new RunContext(
            campaign,
            CampaignPlan.Runs(campaign).First(),
            new PipelineSpec { LayerGroups = groups, Window = window, ThreadsPerGroup = 1 },
            new DataSet("made-up", Images(trainingImages, "training"), Images(testImages, "test")),
            folder,
            "tiny-hash");
    }

    /// <summary>All layer groups here, and the answers to the pipeline's parent.</summary>
    public static PipelinePlace Place(RunContext context, Func<LayerGroupPlan, Props>? layerGroup = null) => new(
        "tiny-1",
        new CampaignId("tiny"),
        Client: null,
        [.. Enumerable.Repeat(new GroupPlace(new DeviceId(WorkerPlan.LocalNode, "cpu"), Worker: null), context.Pipeline.LayerGroups)],
        Cut: null,
        layerGroup ?? LayerGroupActor.Props);

    /// <summary>The first slice of the test set in each cell by itself.</summary>
    public static IEnumerable<MeasureSlice> Slices(RunContext context) =>
        CampaignPlan.Cells(context.Campaign, context.Run).Select(cell => Slice(context, cell));

    /// <summary>The first slice of the test set in some cells.</summary>
    public static MeasureSlice Slice(RunContext context, params IEnumerable<CellPlan> cells) =>
        new(new SliceId(context.Run.Id, cells.First().Protocol.Name, 0), [.. cells.Select(cell => cell.Id)]);

    private static ImageSet Images(int count, string purpose)
    {
        var random = CounterRandom.For(1, purpose);
        var pixels = Enumerable.Range(0, count * Side * Side).Select(i => (byte)(256 * random.Uniform(i))).ToArray();
        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % Classes)).ToArray();
        return new ImageSet(pixels, labels, channels: 1, Side, Side, Classes);
    }
}
