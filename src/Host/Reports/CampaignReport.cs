using System.Text.Json;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>Everything a report is made of. Nothing else is consulted: whoever has the two files has the report.</summary>
internal sealed record CampaignReport(CampaignResults Results, Provenance? Provenance)
{
    /// <summary>What of the files could not be read. Everything else of the report goes by the rest.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    public const string ResultsFile = "results.json";

    public const string ProvenanceFile = "provenance.json";

    public const string ReportFile = "report.md";

    public const string PageFile = "report.html";

    /// <summary>Reads a campaign's output folder, damaged files as far as they go; provenance may be missing, results may not.</summary>
    /// <exception cref="InputException">There are no results, or nothing in them can be shown.</exception>
    public static CampaignReport Load(string folder)
    {
        var results = Path.Combine(folder, ResultsFile);
        if (!File.Exists(results))
        {
            throw new InputException(Directory.Exists(folder)
                ? $"{folder}: no {ResultsFile} here; expected the output folder of a campaign"
                : $"{folder}: no such folder; expected the output folder of a campaign");
        }

        try
        {
            var (read, gaps) = ResultsSalvage.Read(ResultsFile, Text(results));
            var provenance = ReadProvenance(Path.Combine(folder, ProvenanceFile), out var lost);
            return new(read, provenance) { Gaps = lost is null ? gaps : [.. gaps, lost] };
        }
        catch (JsonException damage)
        {
            throw new InputException($"{results}: cannot be read as schema {Numbers.Plain(CampaignResults.CurrentSchema)}: {damage.Message.ReplaceLineEndings(" ")}", damage);
        }
    }

    /// <summary>Writes report.html, report.md, tables and figures into the folder; returns the page's path.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public string Save(string folder)
    {
        var content = ReportContent.Of(this);
        foreach (var table in content.Tables)
        {
            WholeFile.CreateFolder(Path.Combine(folder, Table.Folder));
            WholeFile.WriteText(Path.Combine(folder, table.File), table.Text.ToCsv());
        }

        WholeFile.CreateFolder(Path.Combine(folder, Figure.Folder));
        foreach (var figure in content.Figures)
        {
            WholeFile.WriteText(Path.Combine(folder, figure.File("csv")), figure.Chart.ToCsv());
            WholeFile.WriteText(Path.Combine(folder, figure.File("svg")), figure.Svg);
            WholeFile.Write(Path.Combine(folder, figure.File("png")), stream => stream.Write(FigureDrawing.Png(figure.Chart)));
        }

        WholeFile.WriteText(Path.Combine(folder, ReportFile), MarkdownWriter.Write(content));
        var page = Path.Combine(folder, PageFile);
        WholeFile.WriteText(page, HtmlWriter.Write(content));
        return page;
    }

    /// <summary>The report as Markdown, which names its figures' files.</summary>
    public string ToMarkdown() => MarkdownWriter.Write(ReportContent.Of(this));

    /// <summary>The report as one page of HTML, with its figures in it.</summary>
    public string ToHtml() => HtmlWriter.Write(ReportContent.Of(this));

    /// <summary>Provenance where there is any. Nothing else hangs on it, so a damaged one is left out whole.</summary>
    private static Provenance? ReadProvenance(string path, out Gap? lost)
    {
        lost = null;
        try
        {
            return File.Exists(path) ? ProvenanceJson.Read(Text(path)) : null;
        }
        catch (JsonException damage)
        {
            lost = new(ProvenanceFile, damage.Path ?? "$", $"cannot be read: {damage.Message.ReplaceLineEndings(" ")}", "failures and origin are left out");
            return null;
        }
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {failure.Message}", failure);
        }
    }
}
