namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>
/// Fisher's exact test of two shares: of all ways to deal the correct ones out to the two sides, how many are as rare as what was
/// seen, or rarer (R. A. Fisher, "The design of experiments", 1935; two-sided by the probabilities themselves).
/// </summary>
internal static class FisherTest
{
    // Two ways of equal probability may differ by rounding.
    private const double AsRare = 1 + 1e-7;

    /// <summary>The two-sided p-value.</summary>
    public static double PValue(long correct, long total, long otherCorrect, long otherTotal)
    {
        var (all, rare) = (1.0, 1.0);
        foreach (var likelihood in OtherWays(correct, total, correct + otherCorrect, otherTotal))
        {
            all += likelihood;
            rare += likelihood <= AsRare ? likelihood : 0;
        }

        return rare / all;
    }

    /// <summary>
    /// How likely each other number of correct ones on the first side is, where what was seen is 1: from it outwards, by the ratio
    /// of neighbours. Infinity means that what was seen is too rare for a double, and its p-value 0.
    /// </summary>
    private static IEnumerable<double> OtherWays(long seen, long total, long correct, long otherTotal)
    {
        var likelihood = 1.0;
        for (var x = seen; x < Math.Min(correct, total); x++)
        {
            likelihood *= NextOver(x);
            yield return likelihood;
        }

        likelihood = 1.0;
        for (var x = seen; x > Math.Max(0, correct - otherTotal); x--)
        {
            likelihood /= NextOver(x - 1);
            yield return likelihood;
        }

        double NextOver(long x) => (double)(correct - x) * (total - x) / ((x + 1.0) * (otherTotal - correct + x + 1.0));
    }
}
