namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>One number of several seeds.</summary>
/// <param name="Values">It of each seed; at least one.</param>
internal sealed record SeedMean(IReadOnlyList<double> Values)
{
    public double Mean => Values.Average();

    /// <summary>The sample standard deviation; one seed has none.</summary>
    public double? Spread
    {
        get
        {
            var mean = Mean;
            return Values.Count > 1 ? Math.Sqrt(Values.Sum(value => Math.Pow(value - mean, 2)) / (Values.Count - 1)) : null;
        }
    }
}
