using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>The same image is classified the same every time. What is drawn at random at inference hides the gradient behind noise.</summary>
internal sealed class InferenceRepeats() : RobustnessCheck("Inference draws nothing")
{
    // What a float32 may lose where work is summed in another order.
    private const double Rounding = 1e-4;

    public override CheckResult Judge(ProtocolCells cells)
    {
        if (cells.Check(CheckAttacks.Unchanged, 0) is not { Course.Losses: [var first, ..] } again || cells.Clean is not { } clean || PairedCells.Withstood(clean) is not { } before)
        {
            return NoCheckCell(cells);
        }

        if (again.Loss is not { } loss)
        {
            return CheckResult.NotMeasured("the damaged file has lost the loss of the images shown again");
        }

        var changed = PairedCells.Withstood(again)!.Zip(before, (after, once) => after != once).Count(differs => differs);
        var what = $"shown again with nothing changed, {Share(changed, again.Total)} are classified otherwise";
        return changed > 0 || loss > first + Rounding * Math.Max(1, Math.Abs(first))
            ? CheckResult.Failed(
                Verdict.Unreliable,
                changed > 0 ? what : $"{what}, but the loss goes from {Numbers.Loss(first)} to {Numbers.Loss(loss)}",
                "Inference is random: a gradient belongs to one draw, the prediction to another, and the attack runs after noise. The accuracy is no bound; an attack has to follow "
                + "the gradient's mean over many draws (expectation over transformation, Athalye et al., 2018), which SpikeTrail does not have.")
            : CheckResult.Passed(what);
    }
}
