using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A campaign among those that are compared.</summary>
/// <param name="Label">What it is called beside the others.</param>
/// <param name="Report">What its output folder holds.</param>
internal sealed record ComparedCampaign(string Label, CampaignReport Report)
{
    public CampaignResults Results => Report.Results;

    /// <summary>Its cells, in the order of its results; each holds as many as there are seeds.</summary>
    public ILookup<CellName, SeedCell> Cells { get; } =
        (from run in Report.Results.Runs from cell in run.Cells select new SeedCell(run, cell)).ToLookup(cell => cell.Name);

    /// <summary>What it measured in a cell that it has.</summary>
    public PooledShare Share(CellName cell) => new(Label, [.. Cells[cell].Select(measured => new SeedShare(measured.Run.Seed, measured.Cell.Correct, measured.Cell.Total))]);

    /// <summary>Reads output folders. A campaign is called by its name, those of the same name by their folders.</summary>
    /// <exception cref="InputException">There are fewer than two folders, one is given twice, or one cannot be read.</exception>
    public static IReadOnlyList<ComparedCampaign> Load(IReadOnlyList<string> folders)
    {
        if (folders.Count < 2)
        {
            throw new InputException($"compare: expected at least two output folders, got {Numbers.Plain(folders.Count)}");
        }

        List<CampaignReport> reports = [.. folders.Select(CampaignReport.Load)];
        if (folders.GroupBy(PathOf).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new InputException($"{twice.Last()}: given twice; expected different output folders");
        }

        return [.. Labels(folders, [.. reports.Select(report => report.Results.Campaign.Name)]).Zip(reports, (label, report) => new ComparedCampaign(label, report))];
    }

    private static IReadOnlyList<string> Labels(IReadOnlyList<string> folders, string[] names)
    {
        string[] labels = [.. names.Zip(folders, (name, folder) => names.Count(other => other == name) == 1 ? name : Path.GetFileName(PathOf(folder)))];
        return labels.Distinct().Count() == labels.Length ? labels : folders;
    }

    /// <summary>A folder's whole path, however it was written: without a slash at its end.</summary>
    private static string PathOf(string folder) => Path.GetDirectoryName(Path.GetFullPath(Path.Combine(folder, CampaignReport.ResultsFile)))!;
}
