using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Tests.Reports.Statistics;

public sealed class McNemarTestTests
{
    /// <summary>
    /// Fagerland, Lydersen and Laake, "The McNemar test for binary matched-pairs data", BMC Medical Research Methodology 13:91, 2013: the exact
    /// conditional test of their examples (Bentur et al., 2009, and Cavo et al., 2012).
    /// </summary>
    [Theory]
    [InlineData(1, 7, 0.0703)]
    [InlineData(6, 16, 0.0525)]
    public void The_p_value_is_the_published_one(long better, long worse, double p) => Assert.Equal(p, McNemarTest.PValue(better, worse), 0.00005);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 4, 1)]
    [InlineData(2, 0, 0.5)]
    [InlineData(0, 5, 2 / 32.0)]
    [InlineData(0, 6, 2 / 64.0)]
    [InlineData(1, 3, 10 / 16.0)]
    [InlineData(1, 4, 12 / 32.0)]
    public void Images_go_either_way_like_coins(long better, long worse, double p)
    {
        Assert.Equal(p, McNemarTest.PValue(better, worse), 1e-12);
        Assert.Equal(p, McNemarTest.PValue(worse, better), 1e-12);
    }

    [Fact]
    public void Many_images_neither_overflow_nor_vanish()
    {
        Assert.Equal(0, McNemarTest.PValue(0, 50_000));
        Assert.InRange(McNemarTest.PValue(24_800, 25_200), 0.07, 0.08);
    }
}
