namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>From a network that tells classes apart hardly better than by chance no attack has anything to take away.</summary>
internal sealed class NetworkHasLearnt() : RobustnessCheck("The network has learnt")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        if (cells.Clean is not { } clean)
        {
            return CheckResult.NotMeasured("the clean images were not measured");
        }

        var accuracy = ProtocolCells.AccuracyOf(clean);
        var what = $"clean accuracy is {Numbers.PercentSign(accuracy)}, chance {Numbers.PercentSign(Chance(cells))}";
        return accuracy <= NearChance * Chance(cells)
            ? CheckResult.Failed(Verdict.Doubtful, what, "Robustness cannot be judged on a network that has learnt next to nothing: train it longer.")
            : CheckResult.Passed(what);
    }
}
