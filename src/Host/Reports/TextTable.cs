using System.Net;
using System.Text;

namespace SpikeTrail.Host.Reports;

/// <summary>A table of text that reads well as it stands: columns are aligned in Markdown's source too.</summary>
internal sealed class TextTable
{
    // Text that may be broken into lines.
    private const int LongCell = 48;

    private readonly Column[] _columns;
    private readonly List<TableCell[]> _rows = [];

    /// <summary>An empty table; a column whose title starts with <c>&gt;</c> is set flush right.</summary>
    public TextTable(params IEnumerable<string> titles) =>
        _columns = [.. titles.Select(title => title.StartsWith('>') ? new Column(title[1..], true) : new Column(title, false))];

    public int Rows => _rows.Count;

    public void Add(params IEnumerable<string> cells) => Add(cells.Select(cell => new TableCell(cell)));

    public void Add(params IEnumerable<TableCell> cells)
    {
        TableCell[] row = [.. cells];
        if (row.Length != _columns.Length)
        {
            throw new ArgumentException($"a row of {row.Length} cells in a table of {_columns.Length} columns", nameof(cells));
        }

        _rows.Add(row);
    }

    /// <summary>The table in GitHub's Markdown: the best in bold, small print in brackets.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        // Three dashes are the least that every Markdown reader takes for a rule.
        var rows = _rows.Select(row => row.Select(Markdown).ToArray()).ToList();
        string[] titles = [.. _columns.Select(column => MarkdownText.Literal(column.Title))];
        var widths = Widths([.. rows, titles], atLeast: 3);
        Line(text, titles, widths, "| ", " | ", " |");
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
            text.Append("<tr>").AppendJoin("", row.Select((cell, i) => $"<td{Class(_columns[i], cell)}>{Html(cell)}</td>")).Append("</tr>\n");
        }

        return text.Append("</tbody>\n</table>\n").ToString();
    }

    /// <summary>The table for a terminal or a log, without small print.</summary>
    public string ToPlain()
    {
        var text = new StringBuilder();
        var marked = _columns.Select((_, i) => _rows.Any(row => row[i].Marked)).ToArray();
        var rows = _rows.Select(row => row.Select((cell, i) => cell.Text + (cell.Marked ? TableCell.Mark : marked[i] ? " " : "")).ToArray()).ToList();
        string[] titles = [.. _columns.Select((column, i) => column.Title + (marked[i] && column.Right ? " " : ""))];
        var widths = Widths([.. rows, titles], atLeast: 0);
        Line(text, titles, widths, "", "  ", "");
        foreach (var row in rows)
        {
            Line(text, row, widths, "", "  ", "");
        }

        return text.ToString();
    }

    /// <summary>The table's numbers as they are, a column for each quantity.</summary>
    public string ToCsv()
    {
        var details = _columns.Select((_, i) => _rows.SelectMany(row => row[i].Details).Select(detail => detail.Name).Distinct().ToList()).ToList();
        return Csv.Of(
        [
            _columns.SelectMany((column, i) => details[i].Select(name => $"{column.Title}: {name}").Prepend(column.Title)),
            .. _rows.Select(row => row.SelectMany((cell, i) =>
                details[i].Select(name => Csv.Number(cell.Details.FirstOrDefault(detail => detail.Name == name).Value)).Prepend(Raw(cell)))),
        ]);
    }

    private static string Raw(TableCell cell) => cell.Value is { } value ? Csv.Number(value) : cell.Text == Numbers.None ? "" : cell.Text;

    private int[] Widths(List<string[]> rows, int atLeast) =>
        [.. _columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Title.Length).Append(atLeast).Max())];

    private void Line(StringBuilder text, string[] cells, int[] widths, string left, string between, string right)
    {
        var padded = cells.Select((cell, i) => _columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        text.Append((left + string.Join(between, padded) + right).TrimEnd()).Append('\n');
    }

    private static string Class(Column column, TableCell cell) => column.Right ? " class=\"right\"" : cell.Text.Length > LongCell ? " class=\"long\"" : "";

    private static string Markdown(TableCell cell)
    {
        var text = MarkdownText.Literal(cell.Text);
        return (cell.Best ? $"**{text}**" : text) + (cell.Marked ? TableCell.Mark : "") + (cell.Note.Length > 0 ? $" ({cell.Note})" : "");
    }

    private static string Html(TableCell cell)
    {
        var text = WebUtility.HtmlEncode(cell.Text);
        return (cell.Best ? $"<strong>{text}</strong>" : text) + (cell.Marked ? $"<span class=\"mark\">{TableCell.Mark}</span>" : "")
            + (cell.Note.Length > 0 ? $"<small>{WebUtility.HtmlEncode(cell.Note)}</small>" : "");
    }

    private sealed record Column(string Title, bool Right);
}
