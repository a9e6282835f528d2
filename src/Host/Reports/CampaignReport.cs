using System.Text.Json;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>Everything a report is made of. Nothing else is consulted: whoever has the three files has the report.</summary>
internal sealed record CampaignReport(CampaignResults Results, Provenance? Provenance, CampaignSamples? Samples = null)
{
    /// <summary>What of the files could not be read. Everything else of the report goes by the rest.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    public const string ResultsFile = "results.json";

    public const string ProvenanceFile = "provenance.json";

    public const string SamplesFile = "samples.json";

    public const string ReportFile = "report.md";

    public const string PageFile = "report.html";

    private const string WithoutPictures = "images and spikes are left out";

    /// <summary>Reads a campaign's output folder, damaged files as far as they go; provenance and samples may be missing, results may not.</summary>
    /// <exception cref="InputException">There are no results, or nothing in them can be shown.</exception>
    public static CampaignReport Load(string folder)
    {
        var path = Path.Combine(folder, ResultsFile);
        if (!File.Exists(path))
        {
            throw new InputException(Directory.Exists(folder)
                ? $"{folder}: no {ResultsFile} here; expected the output folder of a campaign"
                : $"{folder}: no such folder; expected the output folder of a campaign");
        }

        try
        {
            var (results, gaps) = ResultsSalvage.Read(ResultsFile, Text(path));
            List<Gap> all = [.. gaps];
            var provenance = ReadWhole(folder, ProvenanceFile, ProvenanceJson.Read, "failures and origin are left out", all);
            var samples = ReadWhole(folder, SamplesFile, SamplesJson.Read, WithoutPictures, all);
            if (samples is not null && samples.ConfigurationHash != results.Campaign.ConfigurationHash)
            {
                all.Add(new(SamplesFile, "$.configuration-hash", $"expected that of {ResultsFile}: these are another campaign's", WithoutPictures));
                samples = null;
            }

            return new(results, provenance, samples) { Gaps = all };
        }
        catch (JsonException damage)
        {
            throw new InputException($"{path}: cannot be read as schema {Numbers.Plain(CampaignResults.CurrentSchema)}: {damage.Message.ReplaceLineEndings(" ")}", damage);
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
        // Drawing is most of a report's work.
        foreach (var (figure, svg, png) in content.Figures.AsParallel().AsOrdered().Select(figure => (figure, figure.Svg, figure.Drawing.ToPng())))
        {
            WholeFile.WriteText(Path.Combine(folder, figure.File("csv")), figure.Drawing.ToCsv());
            WholeFile.WriteText(Path.Combine(folder, figure.File("svg")), svg);
            WholeFile.Write(Path.Combine(folder, figure.File("png")), stream => stream.Write(png));
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

    /// <summary>A file that may be missing. Nothing else hangs on it, so a damaged one is left out whole.</summary>
    private static T? ReadWhole<T>(string folder, string file, Func<string, T> parse, string outcome, List<Gap> gaps)
        where T : class
    {
        var path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? parse(Text(path)) : null;
        }
        catch (JsonException damage)
        {
            gaps.Add(new(file, damage.Path ?? "$", $"cannot be read: {damage.Message.ReplaceLineEndings(" ")}", outcome));
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
