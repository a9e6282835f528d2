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
        if (cells.Run.Epochs.FirstOrDefault(epoch => !double.IsFinite(epoch.TrainingLoss)) is { } epoch)
        {
            return CheckResult.Failed(Verdict.Unreliable, $"the training loss of epoch {Numbers.Plain(epoch.Epoch)} is {NotFinite(epoch.TrainingLoss)}", Diverged);
        }

        var diverged = cells.Cells.Where(cell => !double.IsFinite(cell.Loss)).ToList();
        if (diverged.Count == 0)
        {
            return CheckResult.Passed($"all of {Numbers.Count(cells.Cells.Count)}");
        }

        var first = diverged[0];
        return CheckResult.Failed(
            Verdict.Unreliable,
            $"the loss {(first == cells.Clean ? "of the clean images" : $"under {first.Attack} at eps {Numbers.Epsilon(first.Epsilon)}")} is {NotFinite(first.Loss)}, "
            + $"and {Numbers.Count(diverged.Count)} of {Numbers.Count(cells.Cells.Count, "loss is", "losses are")} not finite",
            Diverged);
    }

    private static string NotFinite(double loss) => loss.ToString(CultureInfo.InvariantCulture);
}
