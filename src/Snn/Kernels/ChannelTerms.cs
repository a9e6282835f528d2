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
        double[] inverse = [.. variance.Select(value => 1 / Math.Sqrt(value + eps))];
        double[] scale = [.. inverse.Zip(weight, (one, other) => one * other)];
        return new ChannelTerms(scale, [.. mean.Select((value, channel) => bias[channel] - value * scale[channel])], mean, inverse);
    }

    /// <summary>The terms that a tape has kept.</summary>
    public static ChannelTerms From(Tensor kept_4C)
    {
        var values = kept_4C.data<double>().ToArray();
        var channels = values.Length / 4;
        return new ChannelTerms(values[..channels], values[channels..(2 * channels)], values[(2 * channels)..(3 * channels)], values[(3 * channels)..]);
    }

    /// <summary>The terms as a tape keeps them, [4, C] of float64.</summary>
    public Tensor ToTensor() => tensor([.. Scale, .. Shift, .. Mean, .. InverseDeviation], [4, Scale.Length], ScalarType.Float64);

    /// <summary>The scale in a tensor's precision, [C, 1, 1].</summary>
    public Tensor ScaleFor(Tensor window_WNCHW) => tensor(Scale, [Scale.Length, 1, 1], window_WNCHW.dtype);

    /// <summary>The shift in a tensor's precision, [C, 1, 1].</summary>
    public Tensor ShiftFor(Tensor window_WNCHW) => tensor(Shift, [Shift.Length, 1, 1], window_WNCHW.dtype);
}
