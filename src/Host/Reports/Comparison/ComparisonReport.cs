using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Robustness;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A comparison to be read: for the screen, and the same as a document.</summary>
internal static class ComparisonReport
{
    private const string NothingToCompare = "Nothing to compare: no other campaign has a cell of the base.";

    public static string ToPlain(CampaignComparison comparison) => Blocks(
        Title(comparison),
        ComparisonTables.Differences(comparison) is { Rows: > 0 } table ? table.ToPlain() : NothingToCompare,
        string.Join('\n', Notes(comparison)),
        string.Join('\n', Warnings(comparison).Select(warning => $"warning: {warning}")),
        ComparisonTables.Missing(comparison) is { Rows: > 0 } missing ? $"not comparable:\n{missing.ToPlain()}" : "");

    public static ReportDocument ToDocument(CampaignComparison comparison)
    {
        var text = new ReportDocument();
        text.Heading(1, Title(comparison));
        if (comparison.Differences.Count == 0)
        {
            text.Paragraph(NothingToCompare);
        }

        text.Table(ComparisonTables.Differences(comparison));
        foreach (var note in Notes(comparison))
        {
            text.Paragraph(note);
        }

        if (Warnings(comparison).ToList() is { Count: > 0 } warnings)
        {
            text.Heading(2, "Warnings");
            text.Bullets(warnings);
        }

        if (comparison.Missing.Count > 0)
        {
            text.Heading(2, "Not comparable");
            text.Table(ComparisonTables.Missing(comparison));
        }

        return text;
    }

    private static string Title(CampaignComparison comparison) =>
        $"{string.Join(", ", comparison.Campaigns.Skip(1).Select(campaign => campaign.Label))} beside {comparison.Base.Label}";

    /// <summary>How to read the table.</summary>
    private static IEnumerable<string> Notes(CampaignComparison comparison)
    {
        if (comparison.Differences.Count == 0)
        {
            yield break;
        }

        yield return $"A difference is in points, to {comparison.Base.Label}. Larger than chance: p < 0.05 after Holm's correction over "
            + $"{(comparison.Differences.Count == 1 ? "the one difference" : $"all {Numbers.Count(comparison.Differences.Count)} differences")} shown; p is shown corrected, intervals are not.";
        yield return "Images are not paired: each campaign counts as if it had measured images of its own. Where they share them, that is cautious.";
        yield return ComparisonTables.HasSeveralSeeds(comparison)
            ? "So do the seeds of a campaign, which are pooled. That is bold where they fail at the same images: look at the spread too, the sample standard deviation over seeds."
            : "There is one seed of each: the tests speak of these trained networks, not of what another seed would give.";
    }

    private static IEnumerable<string> Warnings(CampaignComparison comparison)
    {
        foreach (var campaign in comparison.Campaigns.Where(campaign => !campaign.Results.Campaign.Complete))
        {
            yield return $"{campaign.Label} is incomplete";
        }

        foreach (var (label, gaps) in comparison.Campaigns.Select(campaign => (campaign.Label, campaign.Report.Gaps)).Where(damaged => damaged.Gaps.Count > 0))
        {
            yield return $"{label} is damaged or of another version ({Numbers.Count(gaps.Count, "place", "places")}; its own report says which): {gaps[0]}";
        }

        foreach (var unlike in comparison.Unlike)
        {
            yield return $"{unlike.Of}: {unlike.Key} = {unlike.Base} in {comparison.Base.Label}, but {unlike.Value} in {unlike.Campaign}";
        }

        foreach (var (campaign, unreliable) in comparison.Campaigns.Select(campaign => (campaign, NetworkVerdict.Of(campaign.Results, campaign.Report.Gaps).Count(network => network.Verdict == Verdict.Unreliable)))
                     .Where(pair => pair.Item2 > 0))
        {
            yield return $"{campaign.Label} has {Numbers.Count(unreliable, "network", "networks")} whose robustness is unreliable; its own report says why";
        }
    }

    /// <summary>What is not empty, with an empty line between.</summary>
    private static string Blocks(params IEnumerable<string> blocks) =>
        string.Join('\n', blocks.Where(block => block.Length > 0).Select(block => block.TrimEnd('\n') + '\n'));
}
