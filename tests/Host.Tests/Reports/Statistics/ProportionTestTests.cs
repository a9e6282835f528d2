using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Tests.Reports.Statistics;

public sealed class ProportionTestTests
{
    /// <summary>Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, 1998, table II, method 10.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 20, 0.6791, 1)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    public void The_interval_is_the_published_one(long correct, long total, long baseCorrect, long baseTotal, double low, double high)
    {
        var interval = ProportionTest.Of(correct, total, baseCorrect, baseTotal).Interval;

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void Large_counts_are_tested_by_z()
    {
        // Its square is the fourfold table's chi-square: 150 (56·32 - 14·48)² / (70·80·104·46) = 7.0234.
        var z = Math.Sqrt(150.0 * 1120 * 1120 / (70.0 * 80 * 104 * 46));

        Assert.Equal(NormalDistribution.BothTails(z), ProportionTest.Of(56, 70, 48, 80).PValue, 1e-12);
        Assert.Equal(0.00804, ProportionTest.Of(56, 70, 48, 80).PValue, 0.00001);
    }

    [Fact]
    public void The_lady_tasting_tea_may_have_guessed() => Assert.Equal(34 / 70.0, ProportionTest.Of(3, 4, 1, 4).PValue, 1e-12);

    [Fact]
    public void The_rarest_of_all_ways_is_counted_alone() => Assert.Equal(1, ProportionTest.Of(10, 10, 0, 20).PValue * 30_045_015, 1e-9);

    [Fact]
    public void A_few_among_millions_are_tested_exactly_too() =>
        // Three coins that all fall alike, but for the millions not being infinite.
        Assert.Equal(0.25, ProportionTest.Of(3, 1_000_000, 0, 1_000_000).PValue, 1e-5);

    [Theory]
    [InlineData(0, 10, 0, 2000)]
    [InlineData(2000, 2000, 2000, 2000)]
    [InlineData(1, 2, 1, 2)]
    [InlineData(700, 1000, 700, 1000)]
    public void Equal_shares_differ_by_nothing_but_chance(long correct, long total, long baseCorrect, long baseTotal)
    {
        var test = ProportionTest.Of(correct, total, baseCorrect, baseTotal);

        Assert.Equal(0, test.Difference);
        Assert.Equal(1, test.PValue, 1e-12);
    }

    [Theory]
    [InlineData(0, 100_000, 100_000, 100_000)]
    [InlineData(100_000, 100_000, 0, 4)]
    public void What_chance_never_makes_has_next_to_no_probability(long correct, long total, long baseCorrect, long baseTotal) =>
        Assert.InRange(ProportionTest.Of(correct, total, baseCorrect, baseTotal).PValue, 0, 1e-15);

    [Fact]
    public void The_base_and_the_other_may_change_places()
    {
        var (one, other) = (ProportionTest.Of(9, 10, 3, 10), ProportionTest.Of(3, 10, 9, 10));

        Assert.Equal(one.Difference, -other.Difference);
        Assert.Equal(one.Interval.Low, -other.Interval.High, 1e-12);
        Assert.Equal(one.Interval.High, -other.Interval.Low, 1e-12);
        Assert.Equal(one.PValue, other.PValue, 1e-12);
    }

    [Fact]
    public void A_share_of_nothing_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionTest.Of(0, 0, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionTest.Of(1, 2, 0, 0));
    }
}
