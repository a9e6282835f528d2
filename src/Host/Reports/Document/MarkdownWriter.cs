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
        Heading heading => $"{new string('#', heading.Level)} {MarkdownText.Inline(heading.Text)}\n",
        Paragraph paragraph => $"{MarkdownText.Inline(paragraph.Text)}\n",
        Bullets bullets => string.Concat(bullets.Items.Select(item => $"- {MarkdownText.Inline(item)}\n")),
        Table table => (table.Summary is { } summary ? $"{MarkdownText.Inline(summary)}:\n\n" : "") + table.Text.ToMarkdown() + (table.Name is null ? "" : $"\nData: [{table.File}]({table.File})\n"),
        FigureBlock { Figure: var figure } => string.Create(
            CultureInfo.InvariantCulture,
            $"![{MarkdownText.Literal(figure.Title)}]({figure.File("svg")})\n\n*{MarkdownText.Literal(figure.Title)}.* {MarkdownText.Inline(figure.Caption)} Data: [{figure.File("csv")}]({figure.File("csv")})\n"),
        _ => throw new ArgumentOutOfRangeException(nameof(block), block, "no such block"),
    };
}
