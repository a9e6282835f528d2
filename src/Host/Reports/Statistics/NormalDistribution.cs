namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>The standard normal distribution, as far as intervals and tests need it.</summary>
internal static class NormalDistribution
{
    /// <summary>Between this and its negative lie 95 %.</summary>
    public const double Middle95 = 1.959963984540054;

    // Below it the series is used, which loses digits in the tail; from it on the fraction, which is slow near 0.
    private const double SeriesEnd = 3;

    // Far more than either needs for all digits of a double.
    private const int Terms = 120;

    /// <summary>The probability of lying at least so far from 0, on either side.</summary>
    public static double BothTails(double z)
    {
        z = Math.Abs(z);
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        return z < SeriesEnd ? 1 - 2 * density * MiddleOverDensity(z) : 2 * density / TailFraction(z);
    }

    /// <summary>z + z³/3 + z⁵/(3·5) + …: the area from 0 to z over the density at z.</summary>
    private static double MiddleOverDensity(double z)
    {
        var (sum, term) = (0.0, z);
        for (var n = 1; n <= Terms; n++)
        {
            sum += term;
            term *= z * z / (2 * n + 1);
        }

        return sum;
    }

    /// <summary>z + 1/(z + 2/(z + 3/(z + …))): the density at z over the area beyond it (Laplace).</summary>
    private static double TailFraction(double z)
    {
        var fraction = z;
        for (var n = Terms; n >= 1; n--)
        {
            fraction = z + n / fraction;
        }

        return fraction;
    }
}
