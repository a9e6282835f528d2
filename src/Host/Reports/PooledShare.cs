using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports;

/// <summary>What was classified correctly: the images of all seeds together, and how far the seeds lie apart.</summary>
/// <param name="Label">Whose it is: a network's, or a campaign's.</param>
/// <param name="Seeds">Seed by seed; at least one.</param>
internal sealed record PooledShare(string Label, IReadOnlyList<SeedShare> Seeds)
{
    public long Correct => Seeds.Sum(seed => (long)seed.Correct);

    public long Total => Seeds.Sum(seed => (long)seed.Total);

    /// <summary>The share of all images, in [0, 1].</summary>
    public double Share => (double)Correct / Total;

    /// <summary>The share's 95 % interval, were every image of every seed another one.</summary>
    public Interval Interval => WilsonInterval.Of(Correct, Total);

    /// <summary>The mean of the seeds' shares.</summary>
    public double Mean => Shares.Mean;

    /// <summary>The sample standard deviation of the seeds' shares; one seed has none.</summary>
    public double? Spread => Shares.Spread;

    private SeedMean Shares => new([.. Seeds.Select(seed => seed.Share)]);
}

/// <summary>What one seed brings to it.</summary>
internal sealed record SeedShare(long Seed, int Correct, int Total)
{
    public double Share => (double)Correct / Total;
}
