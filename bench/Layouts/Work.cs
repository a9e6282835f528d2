using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Bench.Layouts;

/// <summary>What every layout is given to do: SEW-ResNet18 on made-up images of CIFAR's size, T = 10, 16 images a batch.</summary>
internal static class Work
{
    public const int TrainingPasses = 3;
    public const int TimeSteps = 10;
    public const int Images = 16;
    public const int Classes = 10;
    public const double Epsilon = 8;

    private const int Side = 32;

    /// <summary>Where checkpoints go.</summary>
    public static string Folder { get; } = OtherProcess.NewFolder();

    public static IReadOnlyList<long> InputShape { get; } = [3, Side, Side];

    public static CampaignId Campaign { get; } = new("bench");

    public static AttackSpec Attack { get; } = new() { Name = "pgd", Kind = AttackKind.Pgd, Iterations = 3 };

    /// <summary>The work in a layout of so many groups and time steps a frame.</summary>
    public static RunContext Context(double width, int groups, int window)
    {
        var campaign = new CampaignSpec
        {
            Name = Campaign.Value,
            Networks = [new NetworkSpec { Name = "sew-resnet18", Depth = 18, Width = width }],
            DataSets = [new DataSetSpec { Name = "made-up", TimeSteps = TimeSteps }],
            Seeds = [1],
            Training = new TrainingSpec { BatchSize = Images },
            Protocols = [ProtocolSpec.Strict],
            Attacks = [Attack],
            Epsilons = [Epsilon],
            Evaluation = new EvaluationSpec { BatchSize = Images, ShardSize = Images },
        };
        return new RunContext(
            campaign,
            CampaignPlan.Runs(campaign).Single(),
            new PipelineSpec { LayerGroups = groups, Window = window, ThreadsPerGroup = 1, CheckpointSteps = 0 },
            new DataSet("made-up", MadeUp(TrainingPasses * Images), MadeUp(Images)),
            Folder,
            "bench");
    }

    public static MeasureSlice AttackedSlice(RunContext context)
    {
        var cell = CampaignPlan.Cells(context.Campaign, context.Run).Single(cell => cell.Attack.Kind == AttackKind.Pgd);
        return new MeasureSlice(new SliceId(context.Run.Id, cell.Protocol.Name, 0), [cell.Id]);
    }

    private static ImageSet MadeUp(int count)
    {
        var random = CounterRandom.For(1, "pixels");
        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % Classes)).ToArray();
        var pixels = Enumerable.Range(0, count * 3 * Side * Side).Select(i => (byte)(256 * random.Uniform(i))).ToArray();
        return new ImageSet(pixels, labels, channels: 3, Side, Side, Classes);
    }
}
