using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>
/// Image by image: what something that knows nothing of a network's gradient wins, and all attacks that follow it lose at the same budget. An image that
/// is misclassified as it is needs no attack, and is nobody's win: attacks may well carry it into its class by chance.
/// </summary>
/// <param name="Winner">What wins them.</param>
/// <param name="Attacks">The network's own attacks.</param>
/// <param name="Images">How many images are classified correctly, withstand every one of these, and not the winner.</param>
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
        select new OverlookedImages(winner, attacks, Count(winner, cells.Clean is { Course: not null } clean ? [clean, .. attacks] : attacks))).MaxBy(overlooked => (double)overlooked.Images / overlooked.Winner.Total);

    /// <summary>How many images every one of some cells has right, and the winner wrong.</summary>
    private static int Count(CellResult winner, List<CellResult> right)
    {
        var withstood = right.Select(cell => PairedCells.Withstood(cell)!).ToList();
        return PairedCells.Withstood(winner)!.Index().Count(image => !image.Item && withstood.All(cell => image.Index < cell.Count && cell[image.Index]));
    }
}
