using SpikeTrail.Host.Reports.Comparison;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports.Comparison;

/// <summary>A comparison with everything in it: a base of one seed, another with two, and one that has other settings and lacks a cell.</summary>
internal static class SampleComparison
{
    public static CampaignComparison Whole { get; } = CampaignComparison.Of(
    [
        Called("short", With(Clean(0.8), Attacked("fgsm", 8, 0.4), Attacked("pgd", 8, 0.3))),
        Called("long", TwoSeeds(With(Clean(0.81), Attacked("fgsm", 8, 0.46), Attacked("pgd", 8, 0.31)))),
        Called("deep", Deeper(With(Clean(0.85), Attacked("pgd", 8, 0.3) with { Iterations = 50 }))),
    ]);

    public static ComparedCampaign Called(string label, CampaignResults results) => new(label, new(results, null));

    private static CampaignResults TwoSeeds(CampaignResults results) => results with
    {
        Runs = [results.Runs[0], results.Runs[0] with { Seed = 1, Cells = [.. results.Runs[0].Cells.Select(cell => cell with { Correct = cell.Correct + 40 })] }],
    };

    private static CampaignResults Deeper(CampaignResults results) => results with
    {
        Campaign = results.Campaign with { Complete = false },
        Runs = [results.Runs[0] with { Network = results.Runs[0].Network with { Depth = 34 }, Missing = [new("strict", "fgsm", 8, Errored: true)] }],
    };
}
