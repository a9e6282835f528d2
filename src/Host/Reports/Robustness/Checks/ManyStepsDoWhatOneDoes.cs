using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>At the same budget an iterated attack is at least as strong as a single step.</summary>
internal sealed class ManyStepsDoWhatOneDoes() : RobustnessCheck("Many steps do what one does")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        var pairs = (
            from iterated in cells.Attacked
            where iterated.Iterations > 1
            from single in cells.Attacked.Concat(cells.Checks)
            where ProtocolCells.IsSingleStep(single) && single.Epsilon == iterated.Epsilon
            select (Iterated: iterated, Single: single, Paired: PairedCells.Of(single, iterated))).ToList();
        if (pairs.Count == 0)
        {
            return CheckResult.NotMeasured("there is no single step to compare with at an iterated attack's budget");
        }

        var corrected = HolmCorrection.Of([.. pairs.Select(pair => pair.Paired.PValue)]);
        var (worst, pValue) = pairs.Zip(corrected, (pair, p) => (Pair: pair, PValue: p)).MaxBy(test => (test.PValue < Significance.Level && test.Pair.Paired.Lower > Slack, test.Pair.Paired.Lower));
        var what = $"at eps {Numbers.Epsilon(worst.Iterated.Epsilon)}, {worst.Iterated.Attack} leaves {Numbers.PercentSign(worst.Paired.OtherAccuracy)} and {worst.Single.Attack} "
            + $"{Numbers.PercentSign(worst.Paired.Accuracy)}";
        return worst.Paired.Lower > Slack && pValue < Significance.Level
            ? CheckResult.Failed(
                Verdict.Unreliable,
                $"{what} (p = {Numbers.Probability(pValue)}){Loss(worst.Iterated, worst.Single)}",
                "Many steps should do at least what one does. The gradient misleads an attack that trusts it step after step (it is masked, or noisy), the steps are too short, or there is a defect; "
                + "the true robustness is at most what the stronger attack leaves.")
            : CheckResult.Passed(what);
    }

    private static string Loss(CellResult iterated, CellResult single) => iterated.Loss > single.Loss
        ? $"; its loss is higher all the same, {Numbers.Loss(iterated.Loss)} against {Numbers.Loss(single.Loss)}, on images that were lost anyway"
        : "";
}
