using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>Measures the gradient of the loss with respect to images.</summary>
public static class InputGradientProbe
{
    /// <summary>Zeros over all pixels, norms per image, of gradients [N, C, H, W].</summary>
    public static InputGradient Measure(Tensor gradients_NCHW)
    {
        using var flat = gradients_NCHW.flatten(1);
        using var gradients = flat.to_type(ScalarType.Float64);
        using var magnitudes = gradients.abs();
        using var nonZeros = gradients.count_nonzero([1]);
        using var l1 = magnitudes.sum([1L]);
        using var squares = gradients * gradients;
        using var l2 = squares.sum([1L]).sqrt_();
        using var linf = magnitudes.amax([1L]);

        var nonZerosPerImage = Values<long>(nonZeros);
        return new InputGradient(
            gradients.NumberOfElements - nonZerosPerImage.Sum(),
            gradients.NumberOfElements,
            Values<double>(l1).Sum(),
            Values<double>(l2).Sum(),
            Values<double>(linf).Sum(),
            nonZerosPerImage.Count(count => count == 0));
    }

    private static T[] Values<T>(Tensor tensor)
        where T : unmanaged
    {
        using var onHost = tensor.cpu();
        return onHost.data<T>().ToArray();
    }
}
