namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>An attack climbs the loss: where it does not, it follows something else.</summary>
internal sealed class LossClimbs() : RobustnessCheck("The loss climbs along the attack")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        var cell = cells.Attacked.Where(cell => cells.LossesAlong(cell).Count > 1).MaxBy(cell => (cell.Iterations > 1, cell.Epsilon, cell.Iterations));
        if (cell is null)
        {
            return NoCheckCell(cells);
        }

        var losses = cells.LossesAlong(cell);
        var (start, end, top) = (losses[0], losses[^1], losses.Max());
        var what = $"under {cell.Attack} at eps {Numbers.Epsilon(cell.Epsilon)} from {Numbers.Loss(start)} to {Numbers.Loss(end)} in {Numbers.Count(losses.Count - 1, "step", "steps")}"
            + (end < top ? $", with {Numbers.Loss(top)} on the way" : "");
        return end <= start
            ? CheckResult.Failed(Verdict.Doubtful, what, "The attack does not climb what it follows: the gradient is masked or noisy, or the steps are too long.")
            : CheckResult.Passed(what);
    }
}
