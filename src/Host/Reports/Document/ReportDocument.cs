using System.Text.RegularExpressions;
using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Reports.Document;

/// <summary>A report's blocks in their order. Text may have <c>**bold**</c> and <c>`code`</c> as Markdown has them, and no more.</summary>
internal sealed class ReportDocument
{
    private readonly List<ReportBlock> _blocks = [];
    private readonly HashSet<string> _tables = [];
    private readonly HashSet<string> _figures = [];

    public IReadOnlyList<ReportBlock> Blocks => _blocks;

    /// <summary>Whether tables have a file of their own: not where the document is all there is.</summary>
    public bool HasTableFiles { get; init; }

    /// <summary>The tables that have a file.</summary>
    public IEnumerable<Table> Tables => _blocks.OfType<Table>().Where(table => table.Name is not null);

    public IEnumerable<Figure> Figures => _blocks.OfType<FigureBlock>().Select(block => block.Figure);

    /// <summary>A heading; level 1 is the report's own title.</summary>
    public void Heading(int level, string text) => _blocks.Add(new Heading(level, text));

    public void Paragraph(string text) => _blocks.Add(new Paragraph(text));

    public void Bullets(params IEnumerable<string> items) => _blocks.Add(new Bullets([.. items]));

    /// <summary>A table; nothing where it has no rows. One with a summary is folded away behind it until it is asked for or printed.</summary>
    public void Table(TextTable table, string? summary = null)
    {
        if (table.Rows > 0)
        {
            _blocks.Add(new Table(table, HasTableFiles ? NextName(summary) : null, summary));
        }
    }

    /// <summary>Figures. Those that would be called alike are numbered: names of networks may differ in what no file's name keeps.</summary>
    public void Draw(IEnumerable<Figure> figures) => _blocks.AddRange(figures.Select(figure => new FigureBlock(figure with { Name = Free(figure.Name, _figures) })));

    /// <summary>A table is called by the headings above it and its summary, and numbered where there are several.</summary>
    private string NextName(string? summary)
    {
        var headings = _blocks.OfType<Heading>().ToList();
        string?[] parts = [headings.FindLast(heading => heading.Level == 2)?.Text, headings.LastOrDefault()?.Text, summary];
        var name = string.Join('-', parts.Select(part => Document.Heading.Slug(part ?? "")).Where(part => part.Length > 0).Distinct());
        return Free(name, _tables);
    }

    /// <summary>A name that nothing else has: itself, or with the first number that makes it one.</summary>
    private static string Free(string name, HashSet<string> taken)
    {
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
        {
            free = $"{name}-{Numbers.Plain(number)}";
        }

        return free;
    }
}

/// <summary>A piece of a report.</summary>
internal abstract record ReportBlock;

internal sealed partial record Heading(int Level, string Text) : ReportBlock
{
    /// <summary>Where a page has it.</summary>
    public string Anchor => Slug(Text);

    /// <summary>A text as an address or a file's name.</summary>
    public static string Slug(string text) => NotLetters().Replace(text.ToLowerInvariant(), "-").Trim('-');

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotLetters();
}

internal sealed record Paragraph(string Text) : ReportBlock;

internal sealed record Bullets(IReadOnlyList<string> Items) : ReportBlock;

/// <summary>A table.</summary>
/// <param name="Text">It.</param>
/// <param name="Name">Its file's name, without the extension; null where it has none.</param>
/// <param name="Summary">The line it is folded away behind; null where it is shown.</param>
internal sealed record Table(TextTable Text, string? Name, string? Summary) : ReportBlock
{
    /// <summary>The folder of all tables' data, beside the report.</summary>
    public const string Folder = "tables";

    /// <summary>Where its data lie, from the report.</summary>
    public string File => $"{Folder}/{Name}.csv";
}

internal sealed record FigureBlock(Figure Figure) : ReportBlock;
