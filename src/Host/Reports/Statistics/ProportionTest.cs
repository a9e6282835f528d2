namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>Whether two shares differ by more than chance explains.</summary>
/// <remarks>
/// <para>
/// The interval is Newcombe's hybrid score interval, his method 10 (R. G. Newcombe, "Interval estimation for the difference between
/// independent proportions", Statistics in Medicine 17, 1998): Wilson's intervals of both shares, put together. The p-value is
/// that of the z test with pooled variance, or, where fewer than 5 correct or wrong ones are to be expected on a side, of Fisher's exact test.
/// </para>
/// <para>
/// Both take the two sides for independent. Campaigns mostly measure the same images, but most results only count the correct
/// ones (which they were is kept where a campaign asks for checks), so which image went with which is not asked. Networks tend to fail at the same images; where images are shared
/// the test is therefore conservative: the interval is wider, and the p-value larger, than one of pairs would be.
/// </para>
/// </remarks>
/// <param name="Difference">The share less the share it is compared with, in [-1, 1].</param>
/// <param name="Interval">The difference's 95 % interval.</param>
/// <param name="PValue">How often chance alone makes a difference at least so large; two-sided.</param>
internal sealed record ProportionTest(double Difference, Interval Interval, double PValue)
{
    private const double FewestExpected = 5;

    /// <summary>Compares <paramref name="correct"/> of <paramref name="total"/> with <paramref name="baseCorrect"/> of <paramref name="baseTotal"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A total is not above 0, more are correct than there are, or a number is negative.</exception>
    public static ProportionTest Of(long correct, long total, long baseCorrect, long baseTotal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseTotal);
        var (share, baseShare) = ((double)correct / total, (double)baseCorrect / baseTotal);
        var (own, bases) = (WilsonInterval.Of(correct, total), WilsonInterval.Of(baseCorrect, baseTotal));
        var difference = share - baseShare;
        var pooled = (double)(correct + baseCorrect) / (total + baseTotal);
        return new(
            difference,
            new(difference - double.Hypot(share - own.Low, bases.High - baseShare), difference + double.Hypot(own.High - share, baseShare - bases.Low)),
            Math.Min(total, baseTotal) * Math.Min(pooled, 1 - pooled) < FewestExpected
                ? FisherTest.PValue(correct, total, baseCorrect, baseTotal)
                : NormalDistribution.BothTails(difference / Math.Sqrt(pooled * (1 - pooled) * (1.0 / total + 1.0 / baseTotal))));
    }
}
