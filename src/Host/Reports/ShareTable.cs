using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports;

/// <summary>Rows that are compared with each other, and their differences under them.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="BestInBold">Whether the best of them in each column is in bold.</param>
/// <param name="Differences">Which are taken, of which row from which.</param>
internal sealed record ShareGroup(IReadOnlyList<PooledCells> Rows, bool BestInBold, IReadOnlyList<ShareDifference> Differences);

/// <summary>A row less another.</summary>
/// <param name="Row">The row.</param>
/// <param name="Base">What is taken from it.</param>
/// <param name="Names">What the difference is called in <see cref="ShareTable.Titles"/>.</param>
internal sealed record ShareDifference(PooledCells Row, PooledCells Base, IReadOnlyList<string> Names);

/// <summary>
/// Accuracies in the paper's form: a row for each network under a protocol, a column for the clean images and for each attack at each
/// budget. In small print stands the interval of one seed or the spread of several; a difference that chance does not explain is marked.
/// </summary>
internal static class ShareTable
{
    public static IReadOnlyList<string> Titles { get; } = ["network", "pool", "data set", "protocol", ">seed"];

    public static TextTable Of(IReadOnlyList<ShareGroup> groups)
    {
        var columns = AttackBudget.Of(groups.SelectMany(group => group.Rows));
        var tests = Tests(groups, columns);
        var table = new TextTable([.. Titles, .. columns.Select(column => $">{column.Title}"), ">input zeros"]);
        foreach (var group in groups)
        {
            foreach (var row in group.Rows)
            {
                table.Add([.. row.Names, .. columns.Select(column => Cell(row, group, column)), TableCell.Percent(row.InputZeros)]);
            }

            foreach (var difference in group.Differences)
            {
                table.Add([.. difference.Names, .. columns.Select(column => tests.GetValueOrDefault((difference, column), TableCell.None)), ""]);
            }
        }

        return table;
    }

    private static TableCell Cell(PooledCells row, ShareGroup group, AttackBudget column)
    {
        var others = group.Rows.Where(other => other != row).Select(other => other.Share(column)).OfType<PooledShare>().ToList();
        return row.Share(column) is { } share
            ? Cell(share) with { Best = group.BestInBold && others.Count > 0 && others.TrueForAll(other => other.Mean <= share.Mean) }
            : TableCell.None;
    }

    /// <summary>A share, with its interval where it is one seed's, and else with the spread of the seeds.</summary>
    public static TableCell Cell(PooledShare share) => TableCell.Percent(share.Mean) with
    {
        Note = share.Spread is { } spread ? $"± {Numbers.Percent(spread)}" : $"{Numbers.Percent(share.Interval.Low)}–{Numbers.Percent(share.Interval.High)}",
        Details =
        [
            ("low", 100 * share.Interval.Low),
            ("high", 100 * share.Interval.High),
            ("spread", 100 * share.Spread),
            ("seeds", share.Seeds.Count),
            ("correct", share.Correct),
            ("images", share.Total),
        ],
    };

    /// <summary>All differences; those that are larger than chance are marked, their p-values corrected for how many there are.</summary>
    private static Dictionary<(ShareDifference, AttackBudget), TableCell> Tests(IReadOnlyList<ShareGroup> groups, IReadOnlyList<AttackBudget> columns)
    {
        var differences = groups.SelectMany(group => group.Differences);
        var tests = (
            from difference in differences
            from column in columns
            let share = difference.Row.Share(column)
            let reference = difference.Base.Share(column)
            where share is not null && reference is not null
            select (Key: (difference, column), Points: 100 * (share.Mean - reference.Mean), Test: ProportionTest.Of(share.Correct, share.Total, reference.Correct, reference.Total))).ToList();
        var corrected = HolmCorrection.Of([.. tests.Select(test => test.Test.PValue)]);
        return tests.Index().ToDictionary(
            test => test.Item.Key,
            test => TableCell.Points(test.Item.Points) with
            {
                Marked = corrected[test.Index] < Significance.Level,
                Details = [("low", 100 * test.Item.Test.Interval.Low), ("high", 100 * test.Item.Test.Interval.High), ("corrected p", corrected[test.Index])],
            });
    }
}
