using System.Globalization;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>A training that diverged, or a network that overflows, has accuracies that mean nothing.</summary>
internal sealed class LossesAreNumbers() : RobustnessCheck("Losses are numbers")
{
    private const string Diverged =
        "The training diverged, or the network overflows: accuracies, gradients and zeros of this run mean nothing. "
        + "Train again with a smaller campaign.training.optimizer.learning-rate.";

    public override CheckResult Judge(ProtocolCells cells)
    {
        if (cells.Run.Epochs.FirstOrDefault(epoch => IsNotFinite(epoch.TrainingLoss)) is { } epoch)
        {
            return CheckResult.Failed(Verdict.Unreliable, $"the training loss of epoch {Numbers.Plain(epoch.Epoch)} is {Word(epoch.TrainingLoss)}", Diverged);
        }

        var diverged = cells.Cells.Where(cell => IsNotFinite(cell.Loss)).ToList();
        if (diverged.Count == 0)
        {
            var lost = cells.Cells.Count(cell => cell.Loss is null) + cells.Run.Epochs.Count(epoch => epoch.TrainingLoss is null);
            return lost == 0
                ? CheckResult.Passed($"all of {Numbers.Count(cells.Cells.Count)}")
                : CheckResult.NotMeasured($"the damaged file has lost {Numbers.Count(lost, "loss", "losses")}");
        }

        var first = diverged[0];
        return CheckResult.Failed(
            Verdict.Unreliable,
            $"the loss {(first == cells.Clean ? "of the clean images" : $"under {first.Attack} at eps {Numbers.Epsilon(first.Epsilon)}")} is {Word(first.Loss)}, "
            + $"and {Numbers.Count(diverged.Count)} of {Numbers.Count(cells.Cells.Count, "loss is", "losses are")} not finite",
            Diverged);
    }

    // A loss that was lost is not one that is no number.
    private static bool IsNotFinite(double? loss) => loss is { } known && !double.IsFinite(known);

    private static string Word(double? loss) => string.Create(CultureInfo.InvariantCulture, $"{loss}");
}
