using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Reports.Document;

/// <summary>Writes a report as one page of HTML that needs nothing else: styles and figures are in it.</summary>
internal static partial class HtmlWriter
{
    public static string Write(ReportDocument report)
    {
        var text = new StringBuilder();
        var title = report.Blocks.OfType<Heading>().FirstOrDefault()?.Text ?? "report";
        text.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        text.Append($"<meta name=\"color-scheme\" content=\"light dark\">\n<title>{Escape(title)}</title>\n<style>\n{ReportStyle.Css}</style>\n</head>\n<body>\n");
        Contents(text, report);
        text.Append("<main>\n");
        foreach (var block in report.Blocks)
        {
            text.Append(Block(block)).Append('\n');
        }

        return text.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Contents(StringBuilder text, ReportDocument report)
    {
        var sections = report.Blocks.OfType<Heading>().Where(heading => heading.Level == 2).ToList();
        if (sections.Count > 1)
        {
            text.Append("<nav aria-label=\"Contents\">\n<ul>\n");
            text.AppendJoin("", sections.Select(section => $"<li><a href=\"#{section.Anchor}\">{Escape(section.Text)}</a></li>\n"));
            text.Append("</ul>\n</nav>\n");
        }
    }

    private static string Block(ReportBlock block) => block switch
    {
        Heading { Level: 2 } heading => $"<h2 id=\"{heading.Anchor}\">{Inline(heading.Text)}</h2>",
        Heading heading => $"<h{heading.Level}>{Inline(heading.Text)}</h{heading.Level}>",
        Paragraph paragraph => $"<p>{Inline(paragraph.Text)}</p>",
        Bullets bullets => $"<ul>\n{string.Concat(bullets.Items.Select(item => $"<li>{Inline(item)}</li>\n"))}</ul>",
        Table { Summary: { } summary } table => $"<details>\n<summary>{Inline(summary)}</summary>\n{Draw(table)}\n</details>",
        Table table => Draw(table),
        FigureBlock { Figure: var figure } => Draw(figure),
        _ => throw new ArgumentOutOfRangeException(nameof(block), block, "no such block"),
    };

    // A box of its own, which whoever has no mouse can scroll too.
    private static string Draw(Table table) =>
        $"<div class=\"table\" tabindex=\"0\">\n{table.Text.ToHtml()}</div>" + (table.Name is { } name ? $"\n<p class=\"data\">{Data(name, table.Text.ToCsv())}</p>" : "");

    private static string Draw(Figure figure) =>
        $"<figure id=\"{figure.Name}\">\n<div class=\"{(figure.Drawing.KeepsColours ? "plot pictures" : "plot")}\" role=\"img\" aria-label=\"{Escape(figure.Title)}\">\n{FigureDrawing.Inline(figure)}</div>\n"
        + $"<figcaption><strong>{Escape(figure.Title)}.</strong> {Inline(figure.Caption)} "
        + $"{Data(figure.Name, figure.Drawing.ToCsv())}</figcaption>\n</figure>";

    private static string Data(string name, string csv) =>
        $"<a download=\"{name}.csv\" href=\"data:text/csv;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(csv))}\">Data (CSV)</a>";

    private static string Inline(string text) => Code().Replace(Bold().Replace(Escape(text), "<strong>$1</strong>"), "<code>$1</code>");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"\*\*(.+?)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex("`(.+?)`")]
    private static partial Regex Code();
}
