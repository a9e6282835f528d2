using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>Fast gradient sign method: one step of length eps (Goodfellow et al., 2015).</summary>
/// <param name="epsilon">The budget in [0, 1].</param>
public sealed class Fgsm(double epsilon) : Attack(epsilon)
{
    /// <inheritdoc/>
    public override int Iterations => 1;

    /// <inheritdoc/>
    public override bool StartsAtCleanImages => true;

    /// <inheritdoc/>
    public override Tensor Step(Tensor adversarial_NCHW, Tensor clean_NCHW, Tensor gradient_NCHW) =>
        SignStep(adversarial_NCHW, clean_NCHW, gradient_NCHW, Epsilon);
}
