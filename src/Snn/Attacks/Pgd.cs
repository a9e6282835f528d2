using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>Projected gradient descent: small steps from a uniform start in the eps ball (Madry et al., 2018).</summary>
/// <param name="epsilon">The budget in [0, 1].</param>
/// <param name="stepSize">Length of a step in [0, 1].</param>
/// <param name="iterations">Steps.</param>
/// <param name="restarts">Random starts.</param>
public class Pgd(double epsilon, double stepSize, int iterations, int restarts = 1) : Attack(epsilon)
{
    /// <inheritdoc/>
    public override int Iterations => iterations;

    /// <inheritdoc/>
    public override int Restarts => restarts;

    /// <inheritdoc/>
    public sealed override Tensor Start(Tensor clean_NCHW, Func<int, CounterRandom> random)
    {
        using var noise_double = tensor(Noise(clean_NCHW, random), clean_NCHW.shape);
        using var noise_typed = noise_double.to(clean_NCHW.dtype, clean_NCHW.device);
        using var moved = clean_NCHW + noise_typed;
        return Project(moved, clean_NCHW);
    }

    /// <inheritdoc/>
    public sealed override Tensor Step(Tensor adversarial_NCHW, Tensor clean_NCHW, Tensor gradient_NCHW) =>
        SignStep(adversarial_NCHW, clean_NCHW, gradient_NCHW, stepSize);

    /// <summary>What the start adds to the clean images, row-major as they are: uniform in the eps ball.</summary>
    /// <param name="clean_NCHW">The clean images.</param>
    /// <param name="random">Each image's own randomness, by its place in the batch.</param>
    protected virtual double[] Noise(Tensor clean_NCHW, Func<int, CounterRandom> random)
    {
        var (images, pixels) = ((int)clean_NCHW.shape[0], clean_NCHW.NumberOfElements / clean_NCHW.shape[0]);
        var noise = new double[images * pixels];
        for (var image = 0; image < images; image++)
        {
            var stream = random(image);
            for (long pixel = 0; pixel < pixels; pixel++)
            {
                noise[image * pixels + pixel] = Epsilon * (2 * stream.Uniform(pixel) - 1);
            }
        }

        return noise;
    }
}
