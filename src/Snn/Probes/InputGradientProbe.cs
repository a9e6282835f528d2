using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>Measures the gradient of the loss with respect to images.</summary>
public static class InputGradientProbe
{
    // Where the published PGD gives up (REFERENCE: two named protocols).
    private const double Vanished = 1e-6;

    /// <summary>Zeros over all entries, norms per image, of gradients [N, …].</summary>
    public static InputGradient Measure(Tensor gradients_N)
    {
        using var flat = gradients_N.flatten(1);
        using var gradients = flat.to_type(ScalarType.Float64);
        using var magnitudes = gradients.abs();
        using var nonZeros = gradients.count_nonzero([1]);
        using var l1 = magnitudes.sum([1L]);
        using var squares = gradients * gradients;
        using var l2 = squares.sum([1L]).sqrt_();
        using var linf = magnitudes.amax([1L]);

        var nonZerosPerImage = nonZeros.ToHost<long>();
        return new InputGradient(
            gradients.NumberOfElements - nonZerosPerImage.Sum(),
            gradients.NumberOfElements,
            l1.ToHost<double>().Sum(),
            l2.ToHost<double>().Sum(),
            linf.ToHost<double>().Sum(),
            nonZerosPerImage.Count(count => count == 0),
            VanishingImages: 0);
    }

    /// <summary>Which images' gradients, [N, …], have an L2 norm under 1e-6 or one that is no number.</summary>
    public static bool[] Vanishing(Tensor gradients_N)
    {
        using var flat = gradients_N.flatten(1);
        using var gradients = flat.to_type(ScalarType.Float64);
        using var norms = gradients.norm(1, keepdim: false, p: 2);
        return [.. norms.ToHost<double>().Select(norm => !(norm >= Vanished))];
    }
}
