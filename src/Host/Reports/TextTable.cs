using System.Net;
using System.Text;

namespace SpikeTrail.Host.Reports;

/// <summary>A table of text that reads well as it stands: columns are aligned in Markdown's source too.</summary>
internal sealed class TextTable
{
    // Text that may be broken into lines.
    private const int LongCell = 48;

    private readonly Column[] _columns;
    private readonly List<string[]> _rows = [];

    /// <summary>An empty table; a column whose title starts with <c>&gt;</c> is set flush right.</summary>
    public TextTable(params IEnumerable<string> titles) =>
        _columns = [.. titles.Select(title => title.StartsWith('>') ? new Column(title[1..], true) : new Column(title, false))];

    public int Rows => _rows.Count;

    public void Add(params IEnumerable<string> cells)
    {
        string[] row = [.. cells];
        if (row.Length != _columns.Length)
        {
            throw new ArgumentException($"a row of {row.Length} cells in a table of {_columns.Length} columns", nameof(cells));
        }

        _rows.Add(row);
    }

    /// <summary>The table in GitHub's Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        // Three dashes are the least that every Markdown reader takes for a rule.
        var rows = _rows.Select(row => row.Select(Escape).ToArray()).ToList();
        var widths = Widths(rows, atLeast: 3);
        Line(text, [.. _columns.Select(column => column.Title)], widths, "| ", " | ", " |");
        Line(text, [.. _columns.Select((column, i) => column.Right ? new string('-', widths[i] - 1) + ":" : new string('-', widths[i]))], widths, "| ", " | ", " |");
        foreach (var row in rows)
        {
            Line(text, row, widths, "| ", " | ", " |");
        }

        return text.ToString();
    }

    /// <summary>The table in HTML.</summary>
    public string ToHtml()
    {
        var text = new StringBuilder("<table>\n<thead>\n<tr>");
        text.AppendJoin("", _columns.Select(column => $"<th{(column.Right ? " class=\"right\"" : "")}>{WebUtility.HtmlEncode(column.Title)}</th>"));
        text.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (var row in _rows)
        {
            text.Append("<tr>").AppendJoin("", row.Select((cell, i) => $"<td{Class(_columns[i], cell)}>{WebUtility.HtmlEncode(cell)}</td>")).Append("</tr>\n");
        }

        return text.Append("</tbody>\n</table>\n").ToString();
    }

    /// <summary>The table for a terminal or a log.</summary>
    public string ToPlain()
    {
        var text = new StringBuilder();
        var widths = Widths(_rows, atLeast: 0);
        Line(text, [.. _columns.Select(column => column.Title)], widths, "", "  ", "");
        foreach (var row in _rows)
        {
            Line(text, row, widths, "", "  ", "");
        }

        return text.ToString();
    }

    private int[] Widths(List<string[]> rows, int atLeast) =>
        [.. _columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Title.Length).Append(atLeast).Max())];

    private void Line(StringBuilder text, string[] cells, int[] widths, string left, string between, string right)
    {
        var padded = cells.Select((cell, i) => _columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        text.Append((left + string.Join(between, padded) + right).TrimEnd()).Append('\n');
    }

    private static string Class(Column column, string cell) => column.Right ? " class=\"right\"" : cell.Length > LongCell ? " class=\"long\"" : "";

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private sealed record Column(string Title, bool Right);
}
