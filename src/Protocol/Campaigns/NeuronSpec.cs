namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The neuron models ; SpikeTrail.Snn.Neurons.NeuronLayer gives their equations.</summary>
public enum NeuronKind
{
    /// <summary>Integrate and fire.</summary>
    If,

    /// <summary>Leaky integrate and fire.</summary>
    Lif,
}

/// <summary>The functions whose derivative stands in for that of the spike.</summary>
public enum SurrogateKind
{
    /// <summary>Arc tangent: ds/dh = (α/2) / (1 + (π/2·α·(h − θ))²).</summary>
    Atan,

    /// <summary>Logistic: ds/dh = α·σ(α(h − θ))·(1 − σ(α(h − θ))).</summary>
    Sigmoid,

    /// <summary>Piecewise quadratic: ds/dh = max(0, α − α²·|h − θ|).</summary>
    PiecewiseQuadratic,

    /// <summary>Rectangle: ds/dh = α where |h − θ| &lt; 1/(2α), else 0.</summary>
    Rect,

    /// <summary>Triangle: ds/dh = max(0, 1 − |h − θ|/α)/α.</summary>
    Triangle,
}

/// <summary>A surrogate and its sharpness or width α.</summary>
/// <param name="Kind">Which function.</param>
/// <param name="Alpha">α &gt; 0; larger is sharper, but for Triangle, where it is the half-width.</param>
public sealed record SurrogateSpec(SurrogateKind Kind = SurrogateKind.Atan, double Alpha = 2);

/// <summary>A neuron model and its constants.</summary>
public sealed record NeuronSpec
{
    /// <summary>Which model.</summary>
    public NeuronKind Kind { get; init; } = NeuronKind.If;

    /// <summary>The potential at and above which the neuron fires.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>The potential a spike resets to; <see langword="null"/> for a soft reset, which subtracts the threshold.</summary>
    public double? Reset { get; init; } = 0;

    /// <summary>Whether the gradient through the spike is cut in the reset alone.</summary>
    public bool DetachReset { get; init; } = true;

    /// <summary>LIF's membrane time constant τ, at least 1, in time steps.</summary>
    public double Tau { get; init; } = 2;

    /// <summary>Whether LIF divides its input by τ too.</summary>
    public bool DecayInput { get; init; } = true;

    /// <summary>The derivative used for the spike.</summary>
    public SurrogateSpec Surrogate { get; init; } = new();
}
