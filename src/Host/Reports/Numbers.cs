using System.Globalization;
using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports;

/// <summary>Numbers as every table and line prints them: the same on every machine, whatever its language.</summary>
internal static class Numbers
{
    /// <summary>What stands where nothing was measured.</summary>
    public const string None = "–";

    /// <summary>A share in [0, 1] in per cent, without the sign: <c>83.20</c>.</summary>
    public static string Percent(double? share) => Fixed(share * 100, "0.00");

    /// <summary>A share in [0, 1] in per cent, as running text has it: <c>83.20 %</c>.</summary>
    public static string PercentSign(double share) => $"{Percent(share)} %";

    /// <summary>A published per cent, as the paper prints it, without the sign: <c>73.78</c>.</summary>
    public static string PublishedPercent(double percent) => Fixed(percent, "0.00");

    /// <summary>A difference in percentage points, its sign always shown: <c>+1.25</c>, <c>-0.40</c>.</summary>
    public static string Points(double? points) => Fixed(points, "+0.00;-0.00;0.00");

    /// <summary>An interval of shares in per cent: <c>81.50 to 84.78</c>.</summary>
    public static string PercentInterval(Interval shares) => $"{Percent(shares.Low)} to {Percent(shares.High)}";

    /// <summary>An interval of a difference of shares, in percentage points: <c>-0.85 to +3.75</c>.</summary>
    public static string PointsInterval(Interval difference) => $"{Points(difference.Low * 100)} to {Points(difference.High * 100)}";

    /// <summary>A p-value: <c>0.0312</c>, <c>&lt;0.0001</c>.</summary>
    public static string Probability(double p) => p < 0.0001 ? "<0.0001" : Fixed(p, "0.0000");

    /// <summary>A budget in units of 1/255: <c>8</c>, <c>2.5</c>.</summary>
    public static string Epsilon(double? epsilon) => Fixed(epsilon, "0.###");

    /// <summary>A loss: <c>0.4321</c>.</summary>
    public static string Loss(double? loss) => Fixed(loss, "0.0000");

    /// <summary>An average number of bits: <c>2.83</c>.</summary>
    public static string Bits(double bits) => Fixed(bits, "0.00");

    /// <summary>A norm, which may be tiny: <c>0.00123</c>, <c>4.56E-07</c>.</summary>
    public static string Norm(double? norm) => norm?.ToString("G3", CultureInfo.InvariantCulture) ?? None;

    /// <summary>A count: <c>60,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and its noun: <c>1 image</c>, <c>250 images</c>.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>A number that only says which one, such as a seed or an epoch: <c>3407</c>.</summary>
    public static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Fixed(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;
}
