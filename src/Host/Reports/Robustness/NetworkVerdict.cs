using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>The verdict on one network under one protocol, with its reasons.</summary>
/// <param name="Cells">The network and the protocol.</param>
/// <param name="Results">What came of each of <see cref="RobustnessCheck.All"/>, in their order.</param>
internal sealed record NetworkVerdict(ProtocolCells Cells, IReadOnlyList<(RobustnessCheck Check, CheckResult Result)> Results)
{
    public string Where => $"{Cells.RunName}, {Cells.Protocol}";

    public Verdict Verdict => Results.Max(check => check.Result.Verdict);

    /// <summary>The checks that failed, the gravest first.</summary>
    public IEnumerable<(RobustnessCheck Check, CheckResult Result)> Reasons =>
        Results.Where(check => check.Result.Outcome == CheckOutcome.Failed).OrderByDescending(check => check.Result.Verdict);

    /// <summary>The verdict on everything that was attacked, in the order of the results.</summary>
    /// <param name="results">The results.</param>
    /// <param name="gaps">What of them could not be read.</param>
    public static IReadOnlyList<NetworkVerdict> Of(CampaignResults results, params IReadOnlyList<Gap> gaps) =>
        [.. ProtocolCells.Of(results, gaps).Where(cells => cells.Attacked.Any()).Select(Of)];

    /// <summary>How a verdict is written.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Reliable => "reliable",
        Verdict.Doubtful => "doubtful",
        Verdict.Unreliable => "unreliable",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "no such verdict"),
    };

    private static NetworkVerdict Of(ProtocolCells cells)
    {
        // What stands in for something that was lost would be taken for a measurement.
        if (cells.Damage is { } gap)
        {
            var damaged = CheckResult.NotMeasured($"the results are damaged (`{gap.Path}`: {gap.Problem})");
            return new(cells, [.. RobustnessCheck.All.Select(check => (check, damaged))]);
        }

        // Where losses are no numbers, nothing else can be read.
        var first = RobustnessCheck.All[0].Judge(cells);
        return new(
            cells,
            [
                (RobustnessCheck.All[0], first),
                .. RobustnessCheck.All.Skip(1).Select(check =>
                    (check, first.Outcome == CheckOutcome.Failed ? CheckResult.NotApplicable("losses are not finite") : check.Judge(cells))),
            ]);
    }
}
