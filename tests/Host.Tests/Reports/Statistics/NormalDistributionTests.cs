using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Tests.Reports.Statistics;

public sealed class NormalDistributionTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.31731050786291415)]
    [InlineData(-1, 0.31731050786291415)]
    [InlineData(NormalDistribution.Middle95, 0.05)]
    [InlineData(3, 0.0026997960632601891)]
    [InlineData(5, 5.733031437583867e-7)]
    [InlineData(8, 1.244192114854357e-15)]
    public void Both_tails_are_those_of_the_tables(double z, double expected) => Assert.Equal(1, NormalDistribution.BothTails(z) / expected, 1e-12);

    [Fact]
    public void No_digits_are_lost_where_the_series_hands_over_to_the_fraction() =>
        Assert.Equal(1, NormalDistribution.BothTails(3) / NormalDistribution.BothTails(Math.BitDecrement(3)), 1e-12);

    [Fact]
    public void What_is_farther_than_a_double_can_tell_never_happens() => Assert.Equal(0, NormalDistribution.BothTails(1e6));
}
