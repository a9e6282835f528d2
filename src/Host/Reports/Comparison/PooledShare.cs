using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>What a campaign measured in a cell: the images of all its seeds together, and how far the seeds lie apart.</summary>
internal sealed record PooledShare(string Campaign, IReadOnlyList<SeedShare> Seeds)
{
    public long Correct => Seeds.Sum(seed => (long)seed.Correct);

    public long Total => Seeds.Sum(seed => (long)seed.Total);

    /// <summary>The share of all images, in [0, 1].</summary>
    public double Share => (double)Correct / Total;

    /// <summary>The share's 95 % interval, were every image of every seed another one.</summary>
    public Interval Interval => WilsonInterval.Of(Correct, Total);

    /// <summary>The mean of the seeds' shares.</summary>
    public double Mean => Seeds.Average(seed => seed.Share);

    /// <summary>The sample standard deviation of the seeds' shares; one seed has none.</summary>
    public double? Spread => Seeds.Count > 1 ? Math.Sqrt(Seeds.Sum(seed => Math.Pow(seed.Share - Mean, 2)) / (Seeds.Count - 1)) : null;

    /// <summary>A campaign's cell, which it has measured.</summary>
    public static PooledShare Of(ComparedCampaign campaign, CellName cell) => new(
        campaign.Label,
        [.. campaign.Cells[cell].Select(measured => new SeedShare(measured.Run.Seed, measured.Cell.Correct, measured.Cell.Total))]);
}

/// <summary>What one seed brings to it.</summary>
internal sealed record SeedShare(long Seed, int Correct, int Total)
{
    public double Share => (double)Correct / Total;
}
