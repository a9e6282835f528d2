using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>Image by image: what something that knows nothing of a network's gradient wins, and all attacks that follow it lose at the same budget.</summary>
/// <param name="Winner">What wins them.</param>
/// <param name="Attacks">The network's own attacks.</param>
/// <param name="Images">How many images withstand every one of these, and not the winner.</param>
internal sealed record OverlookedImages(CellResult Winner, IReadOnlyList<CellResult> Attacks, int Images)
{
    /// <summary>Whether they are more than one image in a hundred, beyond chance.</summary>
    public bool AreTooMany => WilsonInterval.Of(Images, Winner.Total).Low > RobustnessCheck.Slack;

    /// <summary>The largest share at any budget; null where it was not measured, or not kept image by image.</summary>
    public static OverlookedImages? Worst(ProtocolCells cells, Func<CellResult, bool> wins) => (
        from winner in cells.Attacked.Concat(cells.Checks)
        where winner is { Iterations: 0, Epsilon: > 0, Course: not null } && wins(winner)
        let attacks = cells.Attacked.Where(cell => cell is { Iterations: > 0, Course: not null } && cell.Epsilon == winner.Epsilon).ToList()
        where attacks.Count > 0
        select new OverlookedImages(winner, attacks, Count(winner, attacks))).MaxBy(overlooked => (double)overlooked.Images / overlooked.Winner.Total);

    private static int Count(CellResult winner, List<CellResult> attacks)
    {
        var withstood = attacks.Select(attack => PairedCells.Withstood(attack)!).ToList();
        return PairedCells.Withstood(winner)!.Index().Count(image => !image.Item && withstood.All(attack => image.Index < attack.Count && attack[image.Index]));
    }
}
