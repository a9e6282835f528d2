using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>Campaigns side by side: the first is the base, every other is held against it, cell by cell.</summary>
/// <param name="Campaigns">The campaigns, the base first.</param>
/// <param name="Differences">How far each is from the base in each cell that both have.</param>
/// <param name="Missing">The cells that at least one campaign has and another has not.</param>
/// <param name="Unlike">The settings in which a campaign is not like the base.</param>
internal sealed record CampaignComparison(
    IReadOnlyList<ComparedCampaign> Campaigns, IReadOnlyList<CellDifference> Differences, IReadOnlyList<MissingShare> Missing, IReadOnlyList<UnlikeSetting> Unlike)
{
    public ComparedCampaign Base => Campaigns[0];

    public static CampaignComparison Of(IReadOnlyList<ComparedCampaign> campaigns)
    {
        var (reference, others) = (campaigns[0], campaigns.Skip(1).ToList());
        return new(
            campaigns,
            Corrected([.. from cell in Names(reference) from other in others where other.Cells.Contains(cell) select Difference(cell, reference, other)]),
            [
                .. from cell in campaigns.SelectMany(Names).Distinct()
                   from campaign in campaigns
                   where !campaign.Cells.Contains(cell)
                   select MissingShare.Of(campaign, cell),
            ],
            [.. others.SelectMany(other => UnlikeSetting.Between(reference, other))]);
    }

    private static IEnumerable<CellName> Names(ComparedCampaign campaign) => campaign.Cells.Select(cell => cell.Key);

    private static CellDifference Difference(CellName cell, ComparedCampaign reference, ComparedCampaign other)
    {
        var (mine, theirs) = (reference.Share(cell), other.Share(cell));
        var test = ProportionTest.Of(theirs.Correct, theirs.Total, mine.Correct, mine.Total);
        return new(cell, mine, theirs, test, test.PValue);
    }

    private static IReadOnlyList<CellDifference> Corrected(IReadOnlyList<CellDifference> differences) =>
    [
        .. differences.Zip(HolmCorrection.Of([.. differences.Select(difference => difference.Test.PValue)]), (difference, p) => difference with { CorrectedPValue = p }),
    ];
}
