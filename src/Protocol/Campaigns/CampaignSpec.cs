using System.Globalization;
using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>How the test set is measured.</summary>
public sealed record EvaluationSpec
{
    /// <summary>Images a batch.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>Images a slice of the test set: the unit of resumable work, a multiple of the batch size.</summary>
    public int ShardSize { get; init; } = 250;
}

/// <summary>
/// A campaign: every network on every data set with every seed is a run; a run under every protocol, attack and
/// budget is a cell. Everything here but <see cref="Samples"/> determines numbers; how and where it is computed is <see cref="PipelineSpec"/>.
/// </summary>
public sealed record CampaignSpec
{
    /// <summary>The campaign's name.</summary>
    public required string Name { get; init; }

    /// <summary>The networks, at least one; names are unique.</summary>
    public required IReadOnlyList<NetworkSpec> Networks { get; init; }

    /// <summary>The data sets, at least one; names are unique.</summary>
    public required IReadOnlyList<DataSetSpec> DataSets { get; init; }

    /// <summary>Seeds of all randomness, at least one.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>How every run is trained.</summary>
    public TrainingSpec Training { get; init; } = new();

    /// <summary>The protocols, at least one.</summary>
    public required IReadOnlyList<ProtocolSpec> Protocols { get; init; }

    /// <summary>The attacks; clean accuracy is always measured.</summary>
    public required IReadOnlyList<AttackSpec> Attacks { get; init; }

    /// <summary>The budgets in units of 1/255, ascending.</summary>
    public required IReadOnlyList<double> Epsilons { get; init; }

    /// <summary>What is counted besides accuracy and loss.</summary>
    public ProbeSpec Probes { get; init; } = new();

    /// <summary>
    /// The first so many test images, rounded up to whole shards, are also attacked by <see cref="CheckAttacks"/>; 0 for none,
    /// <see cref="int.MaxValue"/> for all. Where it is none, a campaign's identity is what it was before there were checks.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Checks { get; init; }

    /// <summary><see cref="Checks"/> as a campaign's file says it.</summary>
    public static string ChecksInWords(int checks) => checks switch
    {
        0 => "off",
        int.MaxValue => "on",
        _ => checks.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>How the test set is measured.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>
    /// Test images that samples are taken of in the runs of the first seed, 0 for none. The one setting here that determines no number of the
    /// results: it is no part of a campaign's identity.
    /// </summary>
    public int Samples { get; init; } = 6;
}

/// <summary>Over how much hardware one pipeline goes.</summary>
public enum PipelineSpread
{
    /// <summary>A whole pipeline on one device, and more pipelines on more devices.</summary>
    Device,

    /// <summary>The layer groups of a pipeline on as many devices as are free, of whatever nodes.</summary>
    Devices,
}

/// <summary>How a network is laid out on a machine: changes speed and memory, not results (threads excepted).</summary>
public sealed record PipelineSpec
{
    /// <summary>S: how many layer groups a network is cut into.</summary>
    public int LayerGroups { get; init; } = 1;

    /// <summary>Over how much hardware one pipeline goes.</summary>
    public PipelineSpread Spread { get; init; } = PipelineSpread.Device;

    /// <summary>The first layer of each layer group after the first; null for wherever it is fastest.</summary>
    public IReadOnlyList<int>? Cut { get; init; }

    /// <summary>Each layer group's device, as <c>host:port/device</c>; null for wherever it is fastest.</summary>
    public IReadOnlyList<string>? Placement { get; init; }

    /// <summary>Time steps a frame; T and more means one frame a pass.</summary>
    public int Window { get; init; } = 1;

    /// <summary>How many frames may be under way between two neighbours before the sender waits.</summary>
    public int FramesInFlight { get; init; } = 4;

    /// <summary>Images that a pass may have where several attacks share it; a batch by itself may always be a pass.</summary>
    public int PassImages { get; init; } = 64;

    /// <summary>Devices, such as <c>cpu</c> or <c>cuda:0</c>; layer groups are dealt to them in order, evenly.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["cpu"];

    /// <summary>libtorch's threads in every layer group. Weight gradients depend on it bit for bit, so it is part of a run's identity.</summary>
    public int ThreadsPerGroup { get; init; } = 2;

    /// <summary>Training steps between two checkpoints within an epoch; 0 for none but at its end.</summary>
    public int CheckpointSteps { get; init; } = 200;

    /// <summary>How often one piece of work is tried again after a failure before it is given up as errored.</summary>
    public int MaxRetries { get; init; } = 3;
}
