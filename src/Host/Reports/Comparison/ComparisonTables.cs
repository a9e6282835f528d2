using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>What a comparison found, in tables.</summary>
internal static class ComparisonTables
{
    /// <summary>A row for each campaign in each cell, the base first; what they share stands in its row.</summary>
    public static TextTable Differences(CampaignComparison comparison)
    {
        // Without several seeds there is no spread to show.
        var seeds = HasSeveralSeeds(comparison);
        var table = new TextTable(
        [
            .. CellTitles, "campaign", ">seeds", ">images", ">correct %", ">95 % interval", .. seeds ? new[] { ">mean ± spread %" } : [],
            ">difference", ">its 95 % interval", ">p", "larger than chance",
        ]);
        foreach (var cell in comparison.Differences.GroupBy(difference => difference.Cell))
        {
            table.Add([.. Row(cell.Key), .. Row(cell.First().Base, seeds), "", "", "", ""]);
            foreach (var difference in cell)
            {
                table.Add(
                [
                    .. CellTitles.Select(_ => ""),
                    .. Row(difference.Other, seeds),
                    Numbers.Points(difference.Test.Difference * 100),
                    Numbers.PointsInterval(difference.Test.Interval),
                    Numbers.Probability(difference.CorrectedPValue),
                    difference.LargerThanChance ? "yes" : "no",
                ]);
            }
        }

        return table;
    }

    /// <summary>The cells that a campaign lacks: a row for those that lack one for the same reason.</summary>
    public static TextTable Missing(CampaignComparison comparison)
    {
        var table = new TextTable([.. CellTitles, "not in", "because"]);
        foreach (var missing in comparison.Missing.GroupBy(missing => (missing.Cell, missing.Reason)))
        {
            table.Add([.. Row(missing.Key.Cell), string.Join(", ", missing.Select(share => share.Campaign)), missing.Key.Reason]);
        }

        return table;
    }

    public static bool HasSeveralSeeds(CampaignComparison comparison) =>
        comparison.Differences.Any(difference => difference.Base.Seeds.Count > 1 || difference.Other.Seeds.Count > 1);

    private static string[] CellTitles => ["network", "data set", "protocol", "attack", ">eps"];

    private static string[] Row(CellName cell) =>
        [cell.Network, cell.DataSet, cell.Protocol, cell.Attack, Numbers.Epsilon(cell.Attack == CampaignPlan.Clean.Name ? null : cell.Epsilon)];

    private static string[] Row(PooledShare share, bool seeds) =>
    [
        share.Label,
        Numbers.Count(share.Seeds.Count),
        Numbers.Count(share.Total),
        Numbers.Percent(share.Share),
        Numbers.PercentInterval(share.Interval),
        .. seeds ? new[] { share.Spread is { } spread ? $"{Numbers.Percent(share.Mean)} ± {Numbers.Percent(spread)}" : Numbers.None } : [],
    ];
}
