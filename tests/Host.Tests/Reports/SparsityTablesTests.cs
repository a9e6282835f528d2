using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class SparsityTablesTests
{
    [Fact]
    public void Seeds_are_one_row_of_mean_and_spread()
    {
        var run = SampleResults.Campaign.Runs[0];
        var other = run with
        {
            Seed = 1,
            Cells = [.. run.Cells.Select(cell => cell with { Operations = [.. cell.Operations.Select(operation => operation with { InputZeroFraction = 0.5 * operation.InputZeroFraction })] })],
        };
        var results = SampleResults.Campaign with { Runs = [run, other] };

        Assert.Equal(1, SparsityTables.ByKind(results).Rows);
        Assert.Contains("57.31 (± 27.02)", SparsityTables.StemPool(results).ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| 3407, 1 |", SparsityTables.StemPool(results).ToMarkdown(), StringComparison.Ordinal);
        Assert.DoesNotContain("±", SparsityTables.StemPool(SampleResults.Campaign).ToMarkdown(), StringComparison.Ordinal);
    }
}
