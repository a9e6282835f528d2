using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>On a handful of images every other check passes, because nothing is beyond chance.</summary>
internal sealed class EnoughImages() : RobustnessCheck("Enough images")
{
    /// <summary>On so many a 95 % interval spans up to 20 points.</summary>
    public const int Fewest = 100;

    public override CheckResult Judge(ProtocolCells cells)
    {
        var images = cells.Attacked.Concat(cells.Checks).Min(cell => cell.Total);
        var widest = WilsonInterval.Of(images / 2, images);
        var what = $"{Numbers.Count(images, "image", "images")}: a 95 % interval spans up to {Numbers.Percent(widest.High - widest.Low)} points";

        // More test images alone would not help where checks look at the first few of them.
        var also = cells.Checks.Any(check => check.Total < cells.Cells.Max(cell => cell.Total)) ? ", and with `campaign.checks` at least as many" : "";
        return images < Fewest
            ? CheckResult.Failed(Verdict.Doubtful, what, $"The other checks could not tell a fault from chance: measure at least {Numbers.Count(Fewest)} test images{also}.")
            : CheckResult.Passed(what);
    }
}
