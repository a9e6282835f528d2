using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Reports.Document;

/// <summary>A report's blocks in their order. Text may have <c>**bold**</c> and <c>`code`</c> as Markdown has them, and no more.</summary>
internal sealed class ReportDocument
{
    private readonly List<ReportBlock> _blocks = [];

    public IReadOnlyList<ReportBlock> Blocks => _blocks;

    public IEnumerable<Figure> Figures => _blocks.OfType<FigureBlock>().Select(block => block.Figure);

    /// <summary>A heading; level 1 is the report's own title.</summary>
    public void Heading(int level, string text) => _blocks.Add(new Heading(level, text));

    public void Paragraph(string text) => _blocks.Add(new Paragraph(text));

    public void Bullets(params IEnumerable<string> items) => _blocks.Add(new Bullets([.. items]));

    /// <summary>A table; nothing where it has no rows.</summary>
    public void Table(TextTable table)
    {
        if (table.Rows > 0)
        {
            _blocks.Add(new Table(table));
        }
    }

    public void Draw(IEnumerable<Figure> figures) => _blocks.AddRange(figures.Select(figure => new FigureBlock(figure)));
}

/// <summary>A piece of a report.</summary>
internal abstract record ReportBlock;

internal sealed record Heading(int Level, string Text) : ReportBlock;

internal sealed record Paragraph(string Text) : ReportBlock;

internal sealed record Bullets(IReadOnlyList<string> Items) : ReportBlock;

internal sealed record Table(TextTable Text) : ReportBlock;

internal sealed record FigureBlock(Figure Figure) : ReportBlock;
