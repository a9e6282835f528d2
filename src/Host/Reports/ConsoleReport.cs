using SpikeTrail.Host.Reports.Robustness;

namespace SpikeTrail.Host.Reports;

/// <summary>What a campaign leaves on the screen: the main table, the verdicts, and where the rest is.</summary>
internal static class ConsoleReport
{
    public static void Print(CampaignReport report, string path) => Print(Console.Out, report, path);

    public static void Print(TextWriter output, CampaignReport report, string path)
    {
        var results = report.Results;
        output.WriteLine();
        output.WriteLine(results.Campaign.Complete ? results.Campaign.Name : $"{results.Campaign.Name} (incomplete)");
        output.WriteLine();
        var table = AccuracyTable.Of(results);
        output.Write(table.Rows > 0 ? table.ToPlain() : "nothing measured yet\n");
        output.WriteLine();
        foreach (var line in Warnings(report))
        {
            output.WriteLine(line);
        }

        output.WriteLine($"report: {path}");
    }

    /// <summary>A line that says what of the files could not be read; null where all could.</summary>
    public static string? Damage(CampaignReport report) => report.Gaps.Count == 0
        ? null
        : $"warning: the files are damaged or of another version ({Numbers.Count(report.Gaps.Count, "place", "places")}; the report's first section says which): {report.Gaps[0]}";

    private static IEnumerable<string> Warnings(CampaignReport report)
    {
        if (RobustnessSection.Summary(NetworkVerdict.Of(report.Results, report.Gaps)) is { Length: > 0 } verdicts)
        {
            yield return $"is the robustness real? {verdicts}; the report says why";
        }

        var errored = report.Results.Runs.Sum(run => run.Missing.Count(cell => cell.Errored));
        if (errored > 0)
        {
            yield return $"warning: {Numbers.Count(errored, "cell has", "cells have")} no result, because work was given up after repeated failures; the report says which and why";
        }
    }
}
