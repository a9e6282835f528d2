using System.Numerics;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Mean and variance of each channel of a window.</summary>
/// <param name="Mean">[C].</param>
/// <param name="Squares">Σ (x − mean)², [C].</param>
/// <param name="Count">Values in a channel.</param>
internal sealed record ChannelStatistics(double[] Mean, double[] Squares, long Count)
{
    /// <summary>Σ (x − mean)²/n.</summary>
    public double[] Variance => [.. Squares.Select(sum => sum / Count)];

    /// <summary>Σ (x − mean)²/(n − 1); not a number for a single value.</summary>
    public double[] UnbiasedVariance => [.. Squares.Select(sum => sum / (Count - 1))];

    /// <summary>The statistics of a window with its channels last in memory.</summary>
    public static ChannelStatistics Of(Tensor inputs_WNCHW)
    {
        // Deviations from a value of the channel itself: sums of squares of the values would lose a small variance to a large mean.
        var centre = inputs_WNCHW.dtype == ScalarType.Float32 ? FirstPixel<float>(inputs_WNCHW) : FirstPixel<double>(inputs_WNCHW);
        var sums = ChannelSums.OfDeviations(inputs_WNCHW, centre);
        var count = inputs_WNCHW.NumberOfElements / inputs_WNCHW.shape[2];
        var (ofDeviations, ofSquares) = (sums.OfValues, sums.OfProducts);
        return new ChannelStatistics(
            [.. centre.Zip(ofDeviations, (value, sum) => value + sum / count)],
            [.. ofSquares.Zip(ofDeviations, (squares, sum) => Math.Max(0, squares - sum * sum / count))],
            count);
    }

    private static unsafe double[] FirstPixel<T>(Tensor inputs_WNCHW)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pixel = new ReadOnlySpan<T>(TensorMemory.Of<T>(inputs_WNCHW), (int)inputs_WNCHW.shape[2]);
        return [.. pixel.ToArray().Select(value => T.IsFinite(value) ? double.CreateTruncating(value) : 0)];
    }
}
