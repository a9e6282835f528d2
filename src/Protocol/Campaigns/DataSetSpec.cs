namespace SpikeTrail.Protocol.Campaigns;

/// <summary>How a pixel becomes a train of T inputs.</summary>
public enum EncoderKind
{
    /// <summary>Step t emits bit (t mod K) of the byte, most significant first.</summary>
    Phase,

    /// <summary>One spike, the earlier the brighter.</summary>
    Latency,

    /// <summary>Step t spikes with probability x, drawn anew at every step.</summary>
    Rate,

    /// <summary>Step t carries the pixel itself: no spikes, the control.</summary>
    Direct,
}

/// <summary>An encoder and its settings.</summary>
/// <param name="Kind">Which code.</param>
/// <param name="PhaseBits">K, the bits a phase code cycles through: 1 to 8.</param>
public sealed record EncoderSpec(EncoderKind Kind = EncoderKind.Phase, int PhaseBits = 8);

/// <summary>A data set, how much of it, and how it is encoded.</summary>
public sealed record DataSetSpec
{
    /// <summary>A name of the data catalogue, such as <c>cifar-10</c>.</summary>
    public required string Name { get; init; }

    /// <summary>T: the number of time steps an image is shown for.</summary>
    public int TimeSteps { get; init; } = 10;

    /// <summary>The encoder.</summary>
    public EncoderSpec Encoder { get; init; } = new();

    /// <summary>Use the first so many training images; <see langword="null"/> for all.</summary>
    public int? TrainingLimit { get; init; }

    /// <summary>Use the first so many test images; <see langword="null"/> for all.</summary>
    public int? TestLimit { get; init; }
}
