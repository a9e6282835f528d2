using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>Iterated FGSM, also BIM: small steps from the clean image (Kurakin et al., 2017).</summary>
/// <param name="epsilon">The budget in [0, 1].</param>
/// <param name="stepSize">Length of a step in [0, 1].</param>
/// <param name="iterations">Steps.</param>
public sealed class IteratedFgsm(double epsilon, double stepSize, int iterations) : Attack(epsilon)
{
    /// <inheritdoc/>
    public override int Iterations => iterations;

    /// <inheritdoc/>
    public override bool StartsAtCleanImages => true;

    /// <inheritdoc/>
    public override Tensor Step(Tensor adversarial_NCHW, Tensor clean_NCHW, Tensor gradient_NCHW) =>
        SignStep(adversarial_NCHW, clean_NCHW, gradient_NCHW, stepSize);
}
