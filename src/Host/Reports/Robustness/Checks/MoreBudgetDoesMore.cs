using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>Whoever may change an image more can do more harm: each attack's accuracies fall from the clean images to the largest budget.</summary>
internal sealed class MoreBudgetDoesMore() : RobustnessCheck("More budget does more harm")
{
    /// <summary>How few of a shorter step's bit flips a longer one may make before a rise is put down to the phase code.</summary>
    public const double FewerBitsShare = 0.9;

    private const string Masked =
        "Whoever may change an image more can do more harm; this attack does not use its budget, because it does not climb what it follows: the gradient is masked or "
        + "noisy, or the attack is defective. The larger budget contains the smaller one, so the true robustness at it is at most the lowest accuracy at any smaller budget.";

    private const string Overshoots =
        "A single step overshoots where the loss is curved: read the iterated attack's numbers. The larger budget contains the smaller one, so the true robustness at it is at "
        + "most the lowest accuracy at any smaller budget.";

    private const string MaskedByCode =
        "That is a gradient masked by the code, not a defect: the straight-through gradient cannot see which bits a step flips, and a longer step flips fewer spikes. "
        + "The larger budget contains the smaller one, so the true robustness at it is at most the lowest accuracy at any smaller budget.";

    private const string NoEffect =
        "An attack that takes nothing away did not try the network: the budget is too small, the steps are too short to use it, or the gradient is masked.";

    public override CheckResult Judge(ProtocolCells cells)
    {
        // What moved the statistics differs from budget to budget: strictly, each measures another network.
        if (cells.Rules is { Contaminate: true })
        {
            return CheckResult.NotMeasured("attacks under this protocol change the network that the next one finds");
        }

        var rises = Steps(cells).ToList();
        if (rises.Count == 0)
        {
            return CheckResult.NotMeasured("there are no two budgets to compare, nor clean images");
        }

        var corrected = HolmCorrection.Of([.. rises.Select(rise => rise.Paired.PValue)]);
        var proved = rises.Zip(corrected, (rise, p) => (Rise: rise, PValue: p)).Where(test => test.Rise.Paired.Lower < -Slack && test.PValue < Significance.Level).ToList();
        if (proved.Count > 0)
        {
            var (rise, pValue) = proved.MaxBy(test => (test.Rise.After.Iterations > 1, -test.Rise.Paired.Lower));
            var single = rise.After.Iterations == 1;
            var bits = FewerBits(cells, rise);
            return CheckResult.Failed(
                single ? Verdict.Doubtful : Verdict.Unreliable,
                $"{Of(cells, rise)} (p = {Numbers.Probability(pValue)}); the loss goes from {Numbers.Loss(rise.Before.Loss)} to {Numbers.Loss(rise.After.Loss)}{bits}",
                !single ? Masked : bits.Length > 0 ? MaskedByCode : Overshoots);
        }

        if (cells.Clean is { } clean && ProtocolCells.AccuracyOf(clean) > Chance(cells) && cells.Attacked.Where(cell => cell.Iterations > 0).MinBy(ProtocolCells.AccuracyOf) is { } strongest
            && ProtocolCells.AccuracyOf(strongest) >= ProtocolCells.AccuracyOf(clean))
        {
            return CheckResult.Failed(
                Verdict.Doubtful,
                $"no attack takes accuracy below that of the clean images, {Numbers.PercentSign(ProtocolCells.AccuracyOf(clean))}",
                NoEffect);
        }

        var (most, p) = rises.Zip(corrected, (rise, p) => (Rise: rise, PValue: p)).MinBy(test => test.Rise.Paired.Lower);
        return most.Paired.Lower < 0
            ? CheckResult.Passed($"{Of(cells, most)}, {(p < Significance.Level ? "by less than a point" : "which chance explains")}{FewerBits(cells, most)}")
            : CheckResult.Passed("accuracy falls, or stays, from the clean images to every attack's largest budget");
    }

    /// <summary>Each attack's accuracies in the order of the budgets, the clean images first. At and below chance there is nothing left to take away.</summary>
    private static IEnumerable<Step> Steps(ProtocolCells cells)
    {
        foreach (var attack in cells.Attacked.Where(cell => cell.Iterations > 0).GroupBy(cell => cell.Attack))
        {
            var before = cells.Clean;
            foreach (var cell in attack.OrderBy(cell => cell.Epsilon))
            {
                if (before is not null && ProtocolCells.AccuracyOf(before) > Chance(cells))
                {
                    yield return new Step(before, cell, PairedCells.Of(cell, before));
                }

                before = cell;
            }
        }
    }

    private static string Of(ProtocolCells cells, Step step) =>
        $"under {step.After.Attack} accuracy rises from {(step.Before == cells.Clean ? "the clean images" : $"eps {Numbers.Epsilon(step.Before.Epsilon)}")} "
        + $"({Numbers.PercentSign(step.Paired.OtherAccuracy)}) to eps {Numbers.Epsilon(step.After.Epsilon)} ({Numbers.PercentSign(step.Paired.Accuracy)})";

    /// <summary>In a phase code a longer step may change fewer bits, and so fewer spikes: then a single step is weaker with more budget.</summary>
    private static string FewerBits(ProtocolCells cells, Step step)
    {
        if (step.Before == cells.Clean || cells.Run.Dataset.Encoder != "phase" || cells.Rules?.AttackDomain != SpecNames.Of(AttackDomain.Pixels) || !ProtocolCells.IsSingleStep(step.After))
        {
            return "";
        }

        var (shorter, longer) = (PhaseCodeSteps.FlippedBits(step.Before.Epsilon), PhaseCodeSteps.FlippedBits(step.After.Epsilon));
        return longer > FewerBitsShare * shorter
            ? ""
            : $"; in the phase code a step of {Numbers.Epsilon(step.After.Epsilon)}/255 flips {Numbers.Bits(longer)} of a byte's 8 bits on average, one of "
              + $"{Numbers.Epsilon(step.Before.Epsilon)}/255 flips {Numbers.Bits(shorter)}";
    }

    /// <summary>From one budget of an attack to the next.</summary>
    private sealed record Step(CellResult Before, CellResult After, PairedCells Paired);
}
