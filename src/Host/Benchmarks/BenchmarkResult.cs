namespace SpikeTrail.Host.Benchmarks;

/// <summary>What was measured of one benchmark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="Target">The ratio that is aimed at.</param>
/// <param name="Unit">What was counted.</param>
/// <param name="Reference">The reference's measurements, in order.</param>
/// <param name="Ours">Ours, in order.</param>
internal sealed record BenchmarkResult(
    string Name, string Title, double Target, Unit Unit, IReadOnlyList<double> Reference, IReadOnlyList<double> Ours)
{
    /// <summary>The median of the reference's measurements.</summary>
    public double ReferenceMedian => Median(Reference);

    /// <summary>The median of ours.</summary>
    public double OurMedian => Median(Ours);

    /// <summary>How many times less we take than the reference.</summary>
    public double Ratio => ReferenceMedian / OurMedian;

    private static double Median(IReadOnlyList<double> values)
    {
        double[] ordered = [.. values.Order()];
        var middle = ordered.Length / 2;
        return ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
