using System.Globalization;
using System.Text;

namespace SpikeTrail.Host.Reports;

/// <summary>Comma-separated values, as RFC 4180 has them: numbers with all their digits.</summary>
internal static class Csv
{
    public static void Line(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Quoted)).Append('\n');

    /// <summary>A number that reads back as the same double; nothing where there is none.</summary>
    public static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\n\r") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
