using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>One of the campaign's attacks beside the same with more of something, on the same images.</summary>
internal static class StrongerAttack
{
    /// <summary>Whether the stronger one leaves less, by more than chance explains and by more than a point; null where one of them was not measured.</summary>
    /// <param name="cells">The network.</param>
    /// <param name="name">The stronger attack.</param>
    /// <param name="effort">What it has more of, such as <c>35 steps</c>.</param>
    /// <param name="key">What to raise, where it matters.</param>
    public static CheckResult? Judge(ProtocolCells cells, string name, Func<CellResult, string> effort, string key)
    {
        if (cells.Checks.FirstOrDefault(cell => cell.Attack == name) is not { } stronger
            || cells.Attacked.Where(cell => cell.Iterations > 0 && cell.Epsilon == stronger.Epsilon).ToList() is not { Count: > 0 } own)
        {
            return null;
        }

        var (measured, startsAlike) = Weaker(own, stronger);
        var paired = PairedCells.Of(stronger, measured);
        var what = $"at eps {Numbers.Epsilon(stronger.Epsilon)}, {effort(stronger)} leave {Numbers.PercentSign(paired.Accuracy)} of {Numbers.Count(paired.Images, "image", "images")}, "
            + $"{measured.Attack}'s {effort(measured)} {Numbers.PercentSign(paired.OtherAccuracy)}";
        return Math.Abs(paired.Lower) <= RobustnessCheck.Slack || paired.PValue >= Significance.Level || (paired.Lower < 0 && !startsAlike) ? CheckResult.Passed(what)
            : paired.Lower > 0
                ? CheckResult.Failed(
                    Verdict.Doubtful,
                    $"{what} (p = {Numbers.Probability(paired.PValue)})",
                    $"The campaign's attack was too weak: state {Numbers.PercentSign(paired.Accuracy)}, the stronger attack's number, and measure again with a larger {key} until it no longer falls.")
                : CheckResult.Failed(
                    Verdict.Doubtful,
                    $"{what} (p = {Numbers.Probability(paired.PValue)})",
                    "More effort does less: the attack leaves what it had found again. The gradient is noisy, or the steps are too long.");
    }

    /// <summary>
    /// The attack that <see cref="CheckAttacks"/> made stronger, as far as settings tell; where the campaign has none, its strongest. And whether both start alike: only where the
    /// number of steps alone differs, because many starts are random ones, even of an attack that starts at the clean images.
    /// </summary>
    private static (CellResult Cell, bool StartsAlike) Weaker(IReadOnlyList<CellResult> own, CellResult stronger) =>
        own.Where(cell => cell.Iterations > 1 && cell.StepSize == stronger.StepSize && (cell.Restarts == stronger.Restarts || cell.Iterations == stronger.Iterations))
            .MaxBy(cell => (long)cell.Iterations * cell.Restarts) is { } weaker
                ? (weaker, weaker.Restarts == stronger.Restarts)
                : (own.OrderByDescending(cell => cell.Iterations > 1).ThenBy(ProtocolCells.AccuracyOf).First(), false);
}
