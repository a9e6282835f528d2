namespace SpikeTrail.Protocol.Campaigns;

/// <summary>What is counted of gradients besides the input's own. What is off costs nothing.</summary>
public sealed record ProbeSpec
{
    /// <summary>Zeros and norms on both sides of every operation, in an attack's first step.</summary>
    public bool Operations { get; init; } = true;

    /// <summary>Zeros and norms of every weight's gradient in the same step (theorem 4.4).</summary>
    public bool WeightGradients { get; init; }

    /// <summary>Random perturbations drawn for each image to measure how vulnerable it is to chance (theorem 4.1); 0 for none.</summary>
    public int RandomPerturbations { get; init; }
}
