using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Tests.Reports.Statistics;

public sealed class HolmCorrectionTests
{
    [Fact]
    public void The_smallest_is_held_to_all_of_them_the_next_to_one_less()
    {
        // 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04, which must not come out below the one before it.
        double[] expected = [0.03, 0.06, 0.06, 0.02];

        Assert.Equal(expected, HolmCorrection.Of([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
    }

    [Fact]
    public void A_probability_stays_one() => Assert.Equal([1, 1], HolmCorrection.Of([0.6, 1]));

    [Fact]
    public void One_alone_needs_no_correction() => Assert.Equal([0.04], HolmCorrection.Of([0.04]));

    [Fact]
    public void None_stay_none() => Assert.Empty(HolmCorrection.Of([]));
}
