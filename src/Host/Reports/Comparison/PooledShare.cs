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
    public double Mean => Shares.Mean;

    /// <summary>The sample standard deviation of the seeds' shares; one seed has none.</summary>
    public double? Spread => Shares.Spread;

    private SeedMean Shares => new([.. Seeds.Select(seed => seed.Share)]);

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
