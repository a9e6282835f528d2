using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>No start was lucky: from several the attack wins no more.</summary>
internal sealed class MoreStartsFindNoMore() : RobustnessCheck("More starts find no more")
{
    public override CheckResult Judge(ProtocolCells cells) => StrongerAttack.Judge(
        cells, CheckAttacks.Restarts, cell => Numbers.Count(cell.Restarts, "start", "starts"), "campaign.defaults.attack.restarts") ?? NoCheckCell(cells);
}
