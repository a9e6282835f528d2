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
        using var first = inputs_WNCHW[0, 0, TensorIndex.Colon, 0, 0];
        using var first_double = first.to_type(ScalarType.Float64, copy: true);
        double[] centre = [.. first_double.data<double>().ToArray().Select(value => double.IsFinite(value) ? value : 0)];
        var sums = ChannelSums.OfDeviations(inputs_WNCHW, centre);
        var count = inputs_WNCHW.NumberOfElements / inputs_WNCHW.shape[2];
        var (ofDeviations, ofSquares) = (sums.OfValues, sums.OfProducts);
        return new ChannelStatistics(
            [.. centre.Zip(ofDeviations, (value, sum) => value + sum / count)],
            [.. ofSquares.Zip(ofDeviations, (squares, sum) => Math.Max(0, squares - sum * sum / count))],
            count);
    }
}
