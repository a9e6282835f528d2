using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// What batch norm comes to for each channel: x̂ = x·scale + shift, with scale = γ/σ and shift = β − μ·scale. In float64, rounded to the
/// tensors' precision where they meet them.
/// </summary>
/// <param name="Scale">γ/σ, [C].</param>
/// <param name="Shift">β − μ·γ/σ, [C].</param>
/// <param name="Mean">μ, [C].</param>
/// <param name="InverseDeviation">1/σ, [C], with σ² = variance + eps.</param>
internal sealed record ChannelTerms(double[] Scale, double[] Shift, double[] Mean, double[] InverseDeviation)
{
    /// <summary>The terms of a mean and variance.</summary>
    public static ChannelTerms Of(double[] mean, double[] variance, double eps, double[] weight, double[] bias)
    {
        var (inverse, scale, shift) = (new double[mean.Length], new double[mean.Length], new double[mean.Length]);
        for (var channel = 0; channel < mean.Length; channel++)
        {
            inverse[channel] = 1 / Math.Sqrt(variance[channel] + eps);
            scale[channel] = inverse[channel] * weight[channel];
            shift[channel] = bias[channel] - mean[channel] * scale[channel];
        }

        return new ChannelTerms(scale, shift, mean, inverse);
    }

    /// <summary>The scale in a tensor's precision, [C, 1, 1].</summary>
    public Tensor ScaleFor(Tensor window_WNCHW) => tensor(Scale, [Scale.Length, 1, 1], window_WNCHW.dtype);

    /// <summary>The shift in a tensor's precision, [C, 1, 1].</summary>
    public Tensor ShiftFor(Tensor window_WNCHW) => tensor(Shift, [Shift.Length, 1, 1], window_WNCHW.dtype);
}
