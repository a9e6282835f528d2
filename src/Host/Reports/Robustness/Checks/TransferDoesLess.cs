namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>Images made for another network win less than those made for this one. SpikeTrail has no such attack: the row says so.</summary>
internal sealed class TransferDoesLess() : RobustnessCheck("Another network's images win less")
{
    public override CheckResult Judge(ProtocolCells cells) => CheckResult.NotApplicable("SpikeTrail has no transfer attack");
}
