namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>
/// The score interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// J. Am. Stat. Assoc. 22, 1927). Unlike the textbook's ± it never leaves [0, 1], and says something where none or all are correct.
/// </summary>
internal static class WilsonInterval
{
    /// <summary>The 95 % interval of <paramref name="correct"/> out of <paramref name="total"/>; of nothing it is [0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">More are correct than there are, or a number is negative.</exception>
    public static Interval Of(long correct, long total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, total);
        const double z = NormalDistribution.Middle95;
        var (count, wrong) = ((double)total, (double)(total - correct));
        var middle = (correct + z * z / 2) / (count + z * z);
        var half = z * Math.Sqrt((total == 0 ? 0 : correct * wrong / count) + z * z / 4) / (count + z * z);

        // At the ends the formula gives 0 and 1 but for rounding.
        return new(correct == 0 ? 0 : middle - half, wrong == 0 ? 1 : middle + half);
    }
}
