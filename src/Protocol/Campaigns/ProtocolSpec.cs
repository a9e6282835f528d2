namespace SpikeTrail.Protocol.Campaigns;

/// <summary>What an attack may change; the budget bounds the change in the maximum norm.</summary>
public enum AttackDomain
{
    /// <summary>
    /// The pixels: one perturbation for all T time steps, through the encoder (straight-through), rounded to bytes before
    /// it is encoded, as an image file would be.
    /// </summary>
    Pixels,

    /// <summary>The encoded train [T, N, C, H, W] itself, each time step on its own, anywhere in [0, 1].</summary>
    EncodedTrain,
}

/// <summary>Which statistics batch norm normalises with.</summary>
public enum BatchStatistics
{
    /// <summary>The running statistics: evaluation mode.</summary>
    Running,

    /// <summary>The batch's own: training mode.</summary>
    Batch,
}

/// <summary>In which order the test images are put into batches.</summary>
public enum EvaluationOrder
{
    /// <summary>As the data set stores them.</summary>
    Stored,

    /// <summary>In a shuffle that depends on the run's seed alone.</summary>
    Shuffled,
}

/// <summary>
/// Under which rules a network is attacked: five settings, each free of the others, so that a sweep can show which of
/// them makes a network look robust. Two combinations have names: <see cref="Strict"/> and <see cref="AsPublished"/>.
/// </summary>
public sealed record ProtocolSpec
{
    /// <summary>The name the protocol goes by in results.</summary>
    public required string Name { get; init; }

    /// <summary>What an attack may change.</summary>
    public AttackDomain Domain { get; init; } = AttackDomain.Pixels;

    /// <summary>The statistics that batch norm uses where an attack takes its gradients.</summary>
    public BatchStatistics AttackStatistics { get; init; } = BatchStatistics.Running;

    /// <summary>
    /// Whether every gradient an attack takes also moves batch norm's running statistics, towards those of the attacked
    /// batch. Then a batch's result depends on all batches before it: see <see cref="IsChain"/>.
    /// </summary>
    public bool Contaminates { get; init; }

    /// <summary>In which order the test images are put into batches.</summary>
    public EvaluationOrder Order { get; init; } = EvaluationOrder.Stored;

    /// <summary>The statistics that batch norm uses in predictions.</summary>
    public BatchStatistics PredictionStatistics { get; init; } = BatchStatistics.Running;

    /// <summary>Whether the phase encoder's backward weighs step t by omega(t) = 2^-(1 + t mod K) instead of evenly; for <see cref="AttackDomain.Pixels"/>.</summary>
    public bool PhaseWeights { get; init; }

    /// <summary>
    /// Whether the test set is an ordered chain: batch by batch every attack of a budget takes its gradients, then every
    /// prediction is made, and batch norm's running statistics go on to the next batch.
    /// </summary>
    public bool IsChain => Contaminates;

    /// <summary>Whether an image's results are its own, whatever else is in a pass: batch norm is on running statistics, and they stay.</summary>
    public bool KeepsImagesApart =>
        !Contaminates && AttackStatistics == BatchStatistics.Running && PredictionStatistics == BatchStatistics.Running;

    /// <summary>Whether what an attack makes is an image that can be shown to another network, and showing it changes nothing.</summary>
    public bool LetsImagesTransfer => !Contaminates && Domain == AttackDomain.Pixels;

    /// <summary>
    /// What the robustness literature asks for: batch norm stays on its running statistics, pixels are attacked, images
    /// are independent of each other.
    /// </summary>
    public static ProtocolSpec Strict { get; } = new() { Name = "strict" };

    /// <summary>What the authors' code measures (REFERENCE: two named protocols).</summary>
    public static ProtocolSpec AsPublished { get; } = new()
    {
        Name = "as-published",
        Domain = AttackDomain.EncodedTrain,
        AttackStatistics = BatchStatistics.Batch,
        Contaminates = true,
        Order = EvaluationOrder.Shuffled,
    };
}
