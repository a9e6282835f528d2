using SpikeTrail.Protocol.Campaigns;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Neurons;

/// <summary>
/// The smooth function whose derivative stands in for that of the spike (Neftci, Mostafa and Zenke, 2019). Both
/// members take u = h − θ of any shape and return a new tensor of the same shape.
/// </summary>
/// <param name="alpha">α &gt; 0, the sharpness (or width, for the triangle).</param>
public abstract class Surrogate(double alpha)
{
    /// <summary>α.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The name a probe reports: that of the function in the field.</summary>
    public abstract string Kind { get; }

    /// <summary>ds/du.</summary>
    public abstract Tensor Derivative(Tensor u);

    /// <summary>The smooth s(u) itself, the primitive of <see cref="Derivative"/>: what finite differences are checked on.</summary>
    public abstract Tensor Primitive(Tensor u);

    /// <summary>The surrogate a specification asks for.</summary>
    public static Surrogate Create(SurrogateSpec spec) => spec.Kind switch
    {
        SurrogateKind.Atan => new Atan(spec.Alpha),
        SurrogateKind.Sigmoid => new Sigmoid(spec.Alpha),
        SurrogateKind.PiecewiseQuadratic => new PiecewiseQuadratic(spec.Alpha),
        SurrogateKind.Rect => new Rect(spec.Alpha),
        SurrogateKind.Triangle => new Triangle(spec.Alpha),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "no such surrogate"),
    };
}

/// <summary>ds/du = (α/2) / (1 + (π/2·α·u)²); s = arctan(π/2·α·u)/π + 1/2.</summary>
/// <param name="alpha">α.</param>
public sealed class Atan(double alpha) : Surrogate(alpha)
{
    /// <inheritdoc/>
    public override string Kind => "ATan";

    /// <inheritdoc/>
    public override Tensor Derivative(Tensor u)
    {
        var derivative = u * (Math.PI / 2 * Alpha);
        return derivative.mul_(derivative).add_(1).reciprocal_().mul_(Alpha / 2);
    }

    /// <inheritdoc/>
    public override Tensor Primitive(Tensor u)
    {
        var primitive = u * (Math.PI / 2 * Alpha);
        return primitive.atan_().div_(Math.PI).add_(0.5);
    }
}

/// <summary>ds/du = α·σ(αu)·(1 − σ(αu)); s = σ(αu).</summary>
/// <param name="alpha">α.</param>
public sealed class Sigmoid(double alpha) : Surrogate(alpha)
{
    /// <inheritdoc/>
    public override string Kind => "Sigmoid";

    /// <inheritdoc/>
    public override Tensor Derivative(Tensor u)
    {
        using var sigma = Primitive(u);
        var derivative = sigma.neg();
        return derivative.add_(1).mul_(sigma).mul_(Alpha);
    }

    /// <inheritdoc/>
    public override Tensor Primitive(Tensor u) => (u * Alpha).sigmoid_();
}

/// <summary>ds/du = max(0, α − α²·|u|); s goes from 0 at −1/α to 1 at 1/α in two parabolas.</summary>
/// <param name="alpha">α.</param>
public sealed class PiecewiseQuadratic(double alpha) : Surrogate(alpha)
{
    /// <inheritdoc/>
    public override string Kind => "PiecewiseQuadratic";

    /// <inheritdoc/>
    public override Tensor Derivative(Tensor u) => u.abs().mul_(-Alpha * Alpha).add_(Alpha).clamp_min_(0);

    /// <inheritdoc/>
    public override Tensor Primitive(Tensor u) => Parabolas(u, Alpha);

    /// <summary>The primitive of a triangle of area 1 and half-width 1/<paramref name="alpha"/>.</summary>
    internal static Tensor Parabolas(Tensor u, double alpha)
    {
        var primitive = (u * alpha).clamp_(-1, 1);
        using var square = primitive.abs().mul_(primitive).mul_(-0.5);
        return primitive.add_(square).add_(0.5);
    }
}

/// <summary>ds/du = α where |u| &lt; 1/(2α), else 0; s is the ramp between.</summary>
/// <param name="alpha">α.</param>
public sealed class Rect(double alpha) : Surrogate(alpha)
{
    /// <inheritdoc/>
    public override string Kind => "Rect";

    /// <inheritdoc/>
    public override Tensor Derivative(Tensor u)
    {
        using var magnitude = u.abs();
        using var inside = magnitude < 0.5 / Alpha;
        return inside.to_type(u.dtype).mul_(Alpha);
    }

    /// <inheritdoc/>
    public override Tensor Primitive(Tensor u) => (u * Alpha).add_(0.5).clamp_(0, 1);
}

/// <summary>ds/du = max(0, 1 − |u|/α)/α, a triangle of half-width α; s is its primitive.</summary>
/// <param name="alpha">α.</param>
public sealed class Triangle(double alpha) : Surrogate(alpha)
{
    /// <inheritdoc/>
    public override string Kind => "Triangle";

    /// <inheritdoc/>
    public override Tensor Derivative(Tensor u) => u.abs().mul_(-1 / (Alpha * Alpha)).add_(1 / Alpha).clamp_min_(0);

    /// <inheritdoc/>
    public override Tensor Primitive(Tensor u) => PiecewiseQuadratic.Parabolas(u, 1 / Alpha);
}
