using System.Globalization;
using System.Text;

namespace SpikeTrail.Host.Reports.Document;

/// <summary>Writes a report as GitHub's Markdown; its figures are files beside it.</summary>
internal static class MarkdownWriter
{
    public static string Write(ReportDocument report)
    {
        var text = new StringBuilder();
        foreach (var block in report.Blocks)
        {
            text.Append(Block(block)).Append('\n');
        }

        return text.ToString();
    }

    private static string Block(ReportBlock block) => block switch
    {
        Heading heading => $"{new string('#', heading.Level)} {heading.Text}\n",
        Paragraph paragraph => $"{paragraph.Text}\n",
        Bullets bullets => string.Concat(bullets.Items.Select(item => $"- {item}\n")),
        Table table => (table.Summary is { } summary ? $"{summary}:\n\n" : "") + table.Text.ToMarkdown() + (table.Name is null ? "" : $"\nData: [{table.File}]({table.File})\n"),
        FigureBlock { Figure: var figure } => string.Create(
            CultureInfo.InvariantCulture,
            $"![{figure.Title}]({figure.File("svg")})\n\n*{figure.Title}.* {figure.Caption} Data: [{figure.File("csv")}]({figure.File("csv")})\n"),
        _ => throw new ArgumentOutOfRangeException(nameof(block), block, "no such block"),
    };
}
