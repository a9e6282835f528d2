using System.Globalization;

namespace SpikeTrail.Bench;

/// <summary>The options of the comparisons, and how they write their numbers.</summary>
internal static class BenchOptions
{
    public static double Number(string[] options, string name, double otherwise) =>
        Array.IndexOf(options, name) is >= 0 and var at ? double.Parse(options[at + 1], CultureInfo.InvariantCulture) : otherwise;

    public static string Ratio(double[] ratios) => $"{Text(Median(ratios), "0.000")} ({Text(ratios.Min(), "0.00")} to {Text(ratios.Max(), "0.00")})";

    public static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    public static string Text(double value, string format = "0.##") => value.ToString(format, CultureInfo.InvariantCulture);
}
