namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>
/// Whether the same images fare differently under two attacks (Q. McNemar, "Note on the sampling error of the difference between
/// correlated proportions", Psychometrika 12, 1947; exact): of the images that fare differently at all, each goes either way like a coin.
/// </summary>
internal static class McNemarTest
{
    /// <summary>The two-sided p-value, where so many images fare better under one attack, and so many under the other.</summary>
    public static double PValue(long better, long worse)
    {
        var (fewer, all) = (Math.Min(better, worse), better + worse);

        // From the most likely number of heads outwards nothing overflows, and what is too rare for a double counts as 0.
        var (sum, tail, likelihood) = (1.0, fewer >= all / 2 ? 1.0 : 0.0, 1.0);
        for (var heads = all / 2; heads > 0; heads--)
        {
            likelihood *= (double)heads / (all - heads + 1);
            sum += likelihood;
            tail += heads - 1 <= fewer ? likelihood : 0;
        }

        // The other half of an even number has all but the middle again, that of an odd one all.
        return Math.Min(1, 2 * tail / (2 * sum - (all % 2 == 0 ? 1 : 0)));
    }
}
