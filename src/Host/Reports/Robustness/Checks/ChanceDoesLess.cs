namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>Image by image, what random changes of the same budget do the attacks do too: they know the gradient besides.</summary>
internal sealed class ChanceDoesLess() : RobustnessCheck("Noise wins no images that attacks lose")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        if (OverlookedImages.Worst(cells, cell => cell.Transfer is null) is not { } worst)
        {
            return NoCheckCell(cells);
        }

        var what = $"at eps {Numbers.Epsilon(worst.Winner.Epsilon)} noise wins {Overlooked(worst)}; alone it leaves {Numbers.PercentSign(ProtocolCells.AccuracyOf(worst.Winner))}";
        return worst.AreTooMany
            ? CheckResult.Failed(
                Verdict.Unreliable,
                what,
                "Adversarial images lie where chance finds them, and attacks that follow the gradient do not: it points elsewhere, or nowhere. The accuracy under attack is no bound.")
            : CheckResult.Passed(what);
    }
}
