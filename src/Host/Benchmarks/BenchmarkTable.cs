using System.Globalization;
using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Results of benchmarks as a table in Markdown.</summary>
internal static class BenchmarkTable
{
    public static string Of(IEnumerable<BenchmarkResult> results)
    {
        var table = new TextTable("work", ">op by op", ">SpikeTrail", ">ratio", ">target");
        foreach (var result in results)
        {
            table.Add(
                result.Title, Amount(result.ReferenceMedian, result.Unit), Amount(result.OurMedian, result.Unit), Ratio(result.Ratio), Ratio(result.Target));
        }

        return table.ToMarkdown();
    }

    private static string Amount(double value, Unit unit) => unit switch
    {
        Unit.Bytes => Text(value / (1 << 20), "0 MiB"),
        Unit.Ms when value >= 10_000 => Text(value / 1000, "0 s"),
        _ => Text(value, "0 ms"),
    };

    private static string Ratio(double ratio) => Text(ratio, "0.0#");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
