using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Results;

/// <summary>The whole of results.json. Keys are written in the order of these records' properties.</summary>
public sealed record CampaignResults(int Schema, CampaignSection Campaign, IReadOnlyList<RunResult> Runs)
{
    /// <summary>The version of the layout, written as <c>schema</c>.</summary>
    public const int CurrentSchema = 1;
}

/// <summary>Which campaign the results are of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ConfigurationHash">SHA-256 of everything that determines the numbers.</param>
/// <param name="Complete">Whether every cell of every run was measured.</param>
/// <param name="Protocols">What the protocols that cells name are.</param>
public sealed record CampaignSection(string Name, string ConfigurationHash, bool Complete, IReadOnlyList<ProtocolSection> Protocols);

/// <summary>A protocol's settings.</summary>
public sealed record ProtocolSection(
    string Name, string AttackDomain, string AttackBatchNorm, bool Contaminate, string Order, string PredictionBatchNorm, bool PhaseWeights);

/// <summary>One network, data set and seed.</summary>
public sealed record RunResult(
    NetworkSection Network, DataSetSection Dataset, long Seed, IReadOnlyList<EpochResult> Epochs, IReadOnlyList<CellResult> Cells)
{
    private readonly IReadOnlyList<MissingCell>? _missing;

    /// <summary>The cells of the checks' attacks, which belong in no table of accuracies; null where the campaign asks for no checks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CellResult>? Checks { get; init; }

    /// <summary>The cells without a result; none where the run is complete, and in results from before they were said.</summary>
    public IReadOnlyList<MissingCell> Missing
    {
        get => _missing ?? [];
        init => _missing = value;
    }
}

/// <summary>
/// A cell without a result. <c>Errored</c>: the work it waits for failed again and again, and was given up when it was last
/// tried. Otherwise it is merely unfinished.
/// </summary>
public sealed record MissingCell(string Protocol, string Attack, double Epsilon, bool Errored);

/// <summary>Which network; <c>Weights</c> is the SHA-256 of the file it started from, null where it started from the seed.</summary>
public sealed record NetworkSection(
    string Name,
    string Family,
    int Depth,
    double Width,
    string Pool,
    string Connection,
    string Neuron,
    string BatchNorm,
    string Precision,
    long Parameters,
    string? Weights);

/// <summary>Which data.</summary>
public sealed record DataSetSection(string Name, string Encoder, int TimeSteps, int Classes, int TrainingImages, int TestImages);

/// <summary>One epoch of training. A loss may be no number, of a run that diverged; it is null only where a damaged file has lost it.</summary>
public sealed record EpochResult(int Epoch, double? TrainingLoss, double? TestLoss, double CleanAccuracy);

/// <summary>One cell. Epsilon and step size are in units of 1/255; accuracy is in [0, 1]; loss is the mean cross-entropy, null only where a damaged file has lost it.</summary>
public sealed record CellResult(
    string Protocol,
    string Attack,
    double Epsilon,
    double StepSize,
    int Iterations,
    int Restarts,
    int Correct,
    int Total,
    double Accuracy,
    double? Loss,
    InputGradientResult InputGradient,
    IReadOnlyList<OperationResult> Operations,
    IReadOnlyList<WeightGradientResult> WeightGradients,
    VulnerabilityResult? Vulnerability)
{
    /// <summary>What became of each image; null where the campaign asks for no checks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AttackCourseResult? Course { get; init; }

    /// <summary>Which network's images were shown, for an attack that shows another's; null for all others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TransferResult? Transfer { get; init; }
}

/// <summary>Images that an attack on another network of the campaign made.</summary>
public sealed record TransferResult(string Network, string Attack);

/// <summary>
/// Which images were classified correctly all through (<see cref="Telemetry.ImageBits"/>, in the protocol's order), and the mean loss
/// before each step of the attack's first start, as its gradients were taken, and, last, as the attacked images were predicted.
/// </summary>
public sealed record AttackCourseResult(string Withstood, IReadOnlyList<double> Losses);

/// <summary>
/// The gradient of each image's loss with respect to the image, where the attack starts: share of exact zeros over all
/// entries, norms averaged over images, how many images have no gradient at all, and how many have, at any step of the
/// attack, one that is no number or is shorter than 1e-6: there the published PGD stops. Share and norms are NaN for an attack
/// that takes no gradient.
/// </summary>
public sealed record InputGradientResult(double ZeroFraction, double L1, double L2, double Linf, int AllZeroImages, int VanishingImages);

/// <summary>The same backward pass at one operation: shares of exact zeros, and L2 norms averaged over batches, on both sides.</summary>
public sealed record OperationResult(
    string Module, string Kind, double InputZeroFraction, double OutputZeroFraction, double InputNorm, double OutputNorm);

/// <summary>The same backward pass at one weight: share of exact zeros, and the L2 norm averaged over batches.</summary>
public sealed record WeightGradientResult(string Key, double ZeroFraction, double Norm);

/// <summary>
/// Theorem 4.1: rho_adv from the attack itself (from below) and rho_rand from random perturbations, means over images, and
/// the ratio of these means; its first-order estimate 3 ‖g‖₁² / ‖g‖₂² and its upper bound 3 ‖g‖₀, means over images with a
/// gradient. Perturbations stay within [0, 1] as attacks do, and pixels are rounded to bytes: the theorem knows of neither.
/// </summary>
public sealed record VulnerabilityResult(double Adversarial, double Random, double? Ratio, double? FirstOrderRatio, double? UpperBound);
