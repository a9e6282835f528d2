using System.Numerics;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Mean and variance of each channel of a window.</summary>
/// <param name="Mean">[C].</param>
/// <param name="Squares">Σ (x − mean)², [C].</param>
/// <param name="Count">Values in a channel.</param>
internal sealed unsafe record ChannelStatistics(double[] Mean, double[] Squares, long Count)
{
    /// <summary>Σ (x − mean)²/n.</summary>
    public double[] Variance => Over(Squares, Count);

    /// <summary>Σ (x − mean)²/(n − 1); not a number for a single value.</summary>
    public double[] UnbiasedVariance => Over(Squares, Count - 1);

    /// <summary>The statistics of a window with its channels last in memory.</summary>
    public static ChannelStatistics Of(Tensor inputs_WNCHW)
    {
        // Deviations from a value of the channel itself: sums of squares of the values would lose a small variance to a large mean.
        var centre = inputs_WNCHW.dtype == ScalarType.Float32 ? FirstPixel<float>(inputs_WNCHW) : FirstPixel<double>(inputs_WNCHW);
        var sums = ChannelSums.OfDeviations(inputs_WNCHW, centre);
        var count = inputs_WNCHW.NumberOfElements / centre.Length;
        var (ofDeviations, ofSquares) = (sums.OfValues, sums.OfProducts);
        var (mean, squares) = (new double[centre.Length], new double[centre.Length]);
        for (var channel = 0; channel < centre.Length; channel++)
        {
            mean[channel] = centre[channel] + ofDeviations[channel] / count;
            squares[channel] = Math.Max(0, ofSquares[channel] - ofDeviations[channel] * ofDeviations[channel] / count);
        }

        return new ChannelStatistics(mean, squares, count);
    }

    private static double[] FirstPixel<T>(Tensor inputs_WNCHW)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pixel = new double[inputs_WNCHW.size(2)];
        var from = TensorMemory.Of<T>(inputs_WNCHW);
        for (var channel = 0; channel < pixel.Length; channel++)
        {
            pixel[channel] = T.IsFinite(from[channel]) ? double.CreateTruncating(from[channel]) : 0;
        }

        return pixel;
    }

    private static double[] Over(double[] squares, long count)
    {
        var variance = new double[squares.Length];
        for (var channel = 0; channel < squares.Length; channel++)
        {
            variance[channel] = squares[channel] / count;
        }

        return variance;
    }
}
