using System.Text.Json;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>Everything a report is made of. Nothing else is consulted: whoever has the three files has the report.</summary>
internal sealed record CampaignReport(CampaignResults Results, Provenance? Provenance, CampaignSamples? Samples = null)
{
    public const string ResultsFile = "results.json";

    public const string ProvenanceFile = "provenance.json";

    public const string SamplesFile = "samples.json";

    public const string ReportFile = "report.md";

    public const string PageFile = "report.html";

    /// <summary>Reads a campaign's output folder; provenance and samples may be missing, results may not.</summary>
    /// <exception cref="InputException">A file is missing, damaged, of another schema or of another campaign.</exception>
    public static CampaignReport Load(string folder)
    {
        var path = Path.Combine(folder, ResultsFile);
        if (!File.Exists(path))
        {
            throw new InputException(Directory.Exists(folder)
                ? $"{folder}: no {ResultsFile} here; expected the output folder of a campaign"
                : $"{folder}: no such folder; expected the output folder of a campaign");
        }

        var results = Read(path, ResultsJson.Read);
        var samples = ReadIfThere(folder, SamplesFile, SamplesJson.Read);
        return samples is null || samples.ConfigurationHash == results.Campaign.ConfigurationHash
            ? new(results, ReadIfThere(folder, ProvenanceFile, ProvenanceJson.Read), samples)
            : throw new InputException($"{Path.Combine(folder, SamplesFile)}: configuration-hash is not that of {ResultsFile}; expected samples of the same campaign");
    }

    /// <summary>Writes report.html, report.md and the figures into the folder; returns the page's path.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public string Save(string folder)
    {
        var content = ReportContent.Of(this);
        WholeFile.CreateFolder(Path.Combine(folder, Figure.Folder));
        foreach (var figure in content.Figures)
        {
            WholeFile.WriteText(Path.Combine(folder, figure.File("csv")), figure.Drawing.ToCsv());
            WholeFile.WriteText(Path.Combine(folder, figure.File("svg")), figure.Svg);
            WholeFile.Write(Path.Combine(folder, figure.File("png")), stream => stream.Write(figure.Drawing.ToPng()));
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

    private static T? ReadIfThere<T>(string folder, string name, Func<string, T> parse)
        where T : class
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? Read(path, parse) : null;
    }

    private static T Read<T>(string path, Func<string, T> parse)
    {
        try
        {
            return parse(File.ReadAllText(path));
        }
        catch (JsonException damage)
        {
            throw new InputException($"{path}: cannot be read as schema {Numbers.Plain(CampaignResults.CurrentSchema)}: {damage.Message.ReplaceLineEndings(" ")}", damage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {failure.Message}", failure);
        }
    }
}
