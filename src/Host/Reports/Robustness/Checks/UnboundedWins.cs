using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>An attack that may turn every image into any other leaves no more than chance.</summary>
internal sealed class UnboundedWins() : RobustnessCheck("Without a bound nothing withstands")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        if (cells.Check(CheckAttacks.Unbounded, CheckAttacks.NoBound) is not { } cell)
        {
            return NoCheckCell(cells);
        }

        var what = $"at eps {Numbers.Epsilon(cell.Epsilon)}, {Numbers.Count(cell.Iterations, "step", "steps")} leave {Numbers.PercentSign(ProtocolCells.AccuracyOf(cell))}; chance is {Numbers.PercentSign(Chance(cells))}";
        return WilsonInterval.Of(cell.Correct, cell.Total).Low > NearChance * Chance(cells)
            ? CheckResult.Failed(
                Verdict.Unreliable,
                what,
                "An attack that may change everything, and still loses, does not follow what it should: the gradient is masked, or the attack defective. The accuracy under attack is no bound.")
            : CheckResult.Passed(what);
    }
}
