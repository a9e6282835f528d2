using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Robustness.Checks;

/// <summary>Image by image, what images made on another network do the network's own attacks do too: they know its gradient.</summary>
internal sealed class TransferDoesLess() : RobustnessCheck("Another network's images win less")
{
    public override CheckResult Judge(ProtocolCells cells)
    {
        if (OverlookedImages.Worst(cells, cell => cell.Transfer is not null) is not { Winner.Transfer: { } source } worst)
        {
            return
                cells.Networks == 1 ? CheckResult.NotApplicable("the campaign has one network")
                : cells.Rules is { Contaminate: false } && cells.Rules.AttackDomain != SpecNames.Of(AttackDomain.Pixels) ? CheckResult.NotApplicable("what is attacked under this protocol is no image")
                : NoCheckCell(cells);
        }

        var what = $"at eps {Numbers.Epsilon(worst.Winner.Epsilon)} what {source.Attack} made on {source.Network} wins {Overlooked(worst)}; "
            + $"alone it leaves {Numbers.PercentSign(ProtocolCells.AccuracyOf(worst.Winner))}";
        return worst.AreTooMany
            ? CheckResult.Failed(
                Verdict.Unreliable,
                what,
                "Adversarial images lie where another network's gradient leads, and this network's own does not lead there: it is masked. The accuracy under attack is no bound.")
            : CheckResult.Passed(what);
    }
}
