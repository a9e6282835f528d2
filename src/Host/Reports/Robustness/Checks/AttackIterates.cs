using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>One step along a gradient that is right only here and now says little of what can be done in many.</summary>
internal sealed class AttackIterates() : RobustnessCheck("An iterated attack was measured")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        if (cells.Attacked.Where(cell => cell.Iterations > 1).ToList() is { Count: > 0 } iterated)
        {
            return CheckResult.Passed($"{Names(iterated)}, {Numbers.Count(iterated.Max(cell => cell.Iterations), "step", "steps")}");
        }

        var stronger = cells.Checks.FirstOrDefault(cell => cell.Attack == CheckAttacks.Iterations);
        var weaker = stronger is null ? null : cells.Attacked.Where(cell => cell.Epsilon == stronger.Epsilon).MinBy(ProtocolCells.AccuracyOf);
        return CheckResult.Failed(
            Verdict.Unreliable,
            $"no attack takes more than one step ({Names(cells.Attacked)})"
            + (stronger is null || weaker is null
                ? ""
                : $"; with {Numbers.Count(stronger.Iterations)} steps accuracy at eps {Numbers.Epsilon(stronger.Epsilon)} is {Numbers.PercentSign(ProtocolCells.AccuracyOf(stronger))} instead of "
                  + Numbers.PercentSign(ProtocolCells.AccuracyOf(weaker))),
            "What withstands one step need not withstand two: such an accuracy is no bound. Add `{ kind = pgd }` to campaign.attacks.");
    }
}
