using System.Globalization;
using System.Text;

namespace SpikeTrail.Host.Reports;

/// <summary>Comma-separated values, as RFC 4180 has them. Text that a spreadsheet would take for a formula begins with <c>'</c>: names come from other people's files.</summary>
internal static class Csv
{
    /// <summary>Rows of cells as text.</summary>
    public static string Of(IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Select(cell => Quoted(IsFormula(cell) ? $"'{cell}" : cell))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A number that reads back as the same double; nothing for none.</summary>
    public static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static bool IsFormula(string cell) => cell is ['=' or '+' or '-' or '@', ..] && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\n\r") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
