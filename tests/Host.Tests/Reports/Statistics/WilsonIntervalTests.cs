using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Tests.Reports.Statistics;

public sealed class WilsonIntervalTests
{
    /// <summary>Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void It_is_the_published_interval(long correct, long total, double low, double high)
    {
        var interval = WilsonInterval.Of(correct, total);

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void Nothing_measured_may_be_anything() => Assert.Equal(new Interval(0, 1), WilsonInterval.Of(0, 0));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void None_and_all_end_exactly_at_0_and_1(long total)
    {
        Assert.Equal(0, WilsonInterval.Of(0, total).Low);
        Assert.Equal(1, WilsonInterval.Of(total, total).High);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(-1, 2)]
    [InlineData(0, -1)]
    public void What_is_no_share_is_refused(long correct, long total) => Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(correct, total));
}
