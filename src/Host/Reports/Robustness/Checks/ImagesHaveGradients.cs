using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>An image whose gradient is zero or no number counts as robust without having been tried.</summary>
internal sealed class ImagesHaveGradients() : RobustnessCheck("Images have gradients")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        var attacks = cells.Attacked.Where(cell => cell.Iterations > 0).ToList();
        if (attacks.Count == 0)
        {
            return CheckResult.NotMeasured("no attack took a gradient");
        }

        if (attacks.FirstOrDefault(cell => !double.IsFinite(cell.InputGradient.L2)) is { } broken)
        {
            return CheckResult.Failed(
                Verdict.Unreliable,
                $"under {broken.Attack} at eps {Numbers.Epsilon(broken.Epsilon)} the input gradient is not finite, though the loss is",
                "An attack cannot follow such a gradient: the accuracy was not tried, and its share of zeros means nothing. The network overflows, or its weights are damaged "
                + "(a running variance below 0, say).");
        }

        var worst = attacks.MaxBy(cell => (double)cell.InputGradient.AllZeroImages / cell.Total)!;
        var what = $"under {worst.Attack} at eps {Numbers.Epsilon(worst.Epsilon)}, {Share(worst.InputGradient.AllZeroImages, worst.Total)} have an all-zero gradient; "
            + $"{Numbers.PercentSign(worst.InputGradient.ZeroFraction)} of its entries are exactly zero{Vanishing(cells, attacks)}";
        return worst.InputGradient.AllZeroImages > Slack * worst.Total
            ? CheckResult.Failed(
                Verdict.Unreliable,
                what,
                "The gradient of these images is masked: an attack that follows it cannot aim at them, and those classified correctly count as robust without having been tried. It vanishes on "
                + "its way to the input: the surrogate is too narrow, neurons are silent, the loss is saturated, or a layer cuts the graph (a defect).")
            : CheckResult.Passed(what);
    }

    /// <summary>Where the published attack would have stopped its whole run.</summary>
    private static string Vanishing(ProtocolCells cells, IEnumerable<CellResult> attacks)
    {
        var worst = attacks.Where(cell => !ProtocolCells.IsSingleStep(cell)).MaxBy(cell => cell.InputGradient.VanishingImages);
        return worst is not null && cells.Rules?.AttackDomain != SpecNames.Of(AttackDomain.Pixels) && worst.InputGradient.VanishingImages > worst.InputGradient.AllZeroImages
            ? $"; {Share(worst.InputGradient.VanishingImages, worst.Total)} had one shorter than 1e-6, or one that is no number, at some step: the published PGD stops its whole run there"
            : "";
    }
}
