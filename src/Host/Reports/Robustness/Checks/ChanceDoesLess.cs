using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>Image by image, what random changes of the same budget do the attacks do too: they know the gradient besides.</summary>
internal sealed class ChanceDoesLess() : RobustnessCheck("Noise wins no images that attacks lose")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        var overlooked = (
            from noise in cells.Attacked.Concat(cells.Checks)
            where noise is { Iterations: 0, Epsilon: > 0, Course: not null }
            let attacks = cells.Attacked.Where(cell => cell is { Iterations: > 0, Course: not null } && cell.Epsilon == noise.Epsilon).ToList()
            where attacks.Count > 0
            select (Noise: noise, Attacks: attacks, Images: Overlooked(noise, attacks))).ToList();
        if (overlooked.Count == 0)
        {
            return NoCheckCell(cells);
        }

        var worst = overlooked.MaxBy(budget => (double)budget.Images / budget.Noise.Total);
        var what = $"at eps {Numbers.Epsilon(worst.Noise.Epsilon)} noise wins {Share(worst.Images, worst.Noise.Total)} that {Names(worst.Attacks)} "
            + $"{(worst.Attacks.Select(cell => cell.Attack).Distinct().Count() == 1 ? "loses" : "lose")}; alone it leaves {Numbers.PercentSign(ProtocolCells.AccuracyOf(worst.Noise))}";
        return WilsonInterval.Of(worst.Images, worst.Noise.Total).Low > Slack
            ? CheckResult.Failed(
                Verdict.Unreliable,
                what,
                "Adversarial images lie where chance finds them, and attacks that follow the gradient do not: it points elsewhere, or nowhere. The accuracy under attack is no bound.")
            : CheckResult.Passed(what);
    }

    /// <summary>How many images withstand every attack, and noise not.</summary>
    private static int Overlooked(CellResult noise, List<CellResult> attacks)
    {
        var withstood = attacks.Select(attack => PairedCells.Withstood(attack)!).ToList();
        return PairedCells.Withstood(noise)!.Index().Count(image => !image.Item && withstood.All(attack => image.Index < attack.Count && attack[image.Index]));
    }
}
