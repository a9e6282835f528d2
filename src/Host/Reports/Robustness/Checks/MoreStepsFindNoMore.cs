using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>The attack had come as far as it comes: with many more steps it wins no more.</summary>
internal sealed class MoreStepsFindNoMore() : RobustnessCheck("More steps find no more")
{
    public override CheckResult Judge(ProtocolCells cells) => StrongerAttack.Judge(
        cells, CheckAttacks.Iterations, cell => Numbers.Count(cell.Iterations, "step", "steps"), "campaign.defaults.attack.iterations") ?? NoCheckCell(cells);
}
