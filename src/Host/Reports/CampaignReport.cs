using System.Text.Json;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>Everything a report is made of. Nothing else is consulted: whoever has the two files has the report.</summary>
internal sealed record CampaignReport(CampaignResults Results, Provenance? Provenance)
{
    public const string ResultsFile = "results.json";

    public const string ProvenanceFile = "provenance.json";

    public const string ReportFile = "report.md";

    /// <summary>Reads a campaign's output folder; provenance may be missing, results may not.</summary>
    /// <exception cref="InputException">A file is missing, damaged or of another schema.</exception>
    public static CampaignReport Load(string folder)
    {
        var results = Path.Combine(folder, ResultsFile);
        if (!File.Exists(results))
        {
            throw new InputException(Directory.Exists(folder)
                ? $"{folder}: no {ResultsFile} here; expected the output folder of a campaign"
                : $"{folder}: no such folder; expected the output folder of a campaign");
        }

        var provenance = Path.Combine(folder, ProvenanceFile);
        return new(Read(results, ResultsJson.Read), File.Exists(provenance) ? Read(provenance, ProvenanceJson.Read) : null);
    }

    /// <summary>Writes report.md into the folder and returns its path.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public string Save(string folder)
    {
        var path = Path.Combine(folder, ReportFile);
        WholeFile.WriteText(path, MarkdownReport.Write(this));
        return path;
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
