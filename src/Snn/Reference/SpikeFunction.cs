using static TorchSharp.torch;

namespace SpikeTrail.Snn.Reference;

/// <summary>
/// A spike for autograd: forward 1 where u = h − θ ≥ 0, backward the arc tangent's derivative (α/2) / (1 + (π/2·α·u)²), α = 2.
/// An exception in here would end the process (TorchSharp 0.107).
/// </summary>
internal sealed class SpikeFunction : autograd.SingleTensorFunction<SpikeFunction>
{
    private const double Alpha = 2;
    private const string Overshoot = "overshoot";

    // libtorch takes its own hold of a gradient only after backward has returned it.
    [ThreadStatic]
    private static Tensor? _returned;

    public override string Name => nameof(SpikeFunction);

    /// <summary>1 where u ≥ 0, else 0.</summary>
    public static Tensor Heaviside(Tensor overshoot)
    {
        using var fires = overshoot.ge(0);
        return fires.to_type(overshoot.dtype);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var overshoot = (Tensor)vars[0];
        ctx.set_materialize_grads(false);

        // Not save_for_backward: that would hold it until the whole graph is let go, where Python lets it go once it was used.
        ctx.save_data(Overshoot, new Kept(overshoot.detach().DetachFromDisposeScope()));
        return Heaviside(overshoot);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        _returned?.Dispose();
        using (grad_output)
        using (var overshoot = ((Kept)ctx.get_data(Overshoot)).Tensor)
        {
            _returned = (overshoot * (Math.PI / 2 * Alpha)).DetachFromDisposeScope();
            _returned.pow_(2).add_(1).reciprocal_().mul_(Alpha / 2).mul_(grad_output);
            return [_returned];
        }
    }

    // A tensor itself would have TorchSharp print a warning.
    private sealed record Kept(Tensor Tensor);
}
