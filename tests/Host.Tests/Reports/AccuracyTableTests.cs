using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class AccuracyTableTests
{
    [Fact]
    public void The_best_pooling_is_in_bold_and_both_are_where_they_tie()
    {
        var (max, average) = (SampleResults.Campaign.Runs[0], SampleResults.Campaign.Runs[1]);
        var table = AccuracyTable.Of(SampleResults.Campaign with
        {
            Runs = [max with { Cells = [SampleResults.Clean(0.8), SampleResults.Attacked("pgd", 8, 0.5)] }, average with { Cells = [SampleResults.Clean(0.8), SampleResults.Attacked("pgd", 8, 0.4)] }],
        }).ToHtml();

        Assert.Equal(2, Count(table, "<strong>80.00</strong>"));
        Assert.Contains("<strong>50.00</strong>", table, StringComparison.Ordinal);
        Assert.DoesNotContain("<strong>40.00</strong>", table, StringComparison.Ordinal);
        Assert.Contains("<td class=\"right\">0.00</td><td class=\"right\">+10.00<span class=\"mark\">†</span></td>", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_are_one_row_of_mean_and_spread_and_each_a_row_below()
    {
        var run = SampleResults.Campaign.Runs[0];
        var results = SampleResults.Campaign with
        {
            Runs = [.. new[] { 0.7, 0.8, 0.9 }.Select((share, seed) => run with { Seed = seed, Cells = [SampleResults.Clean(share)] })],
        };

        Assert.Contains("| 0, 1, 2 | 80.00 (± 10.00) |", AccuracyTable.Of(results).ToMarkdown(), StringComparison.Ordinal);
        Assert.Equal(3, AccuracyTable.BySeed(results).Rows);
        Assert.Equal(0, AccuracyTable.BySeed(SampleResults.Campaign).Rows);
    }

    [Fact]
    public void A_network_without_its_counterpart_has_neither_bold_nor_difference()
    {
        var table = AccuracyTable.Of(SampleResults.With(SampleResults.Clean(0.8)));

        Assert.Equal(1, table.Rows);
        Assert.DoesNotContain("**", table.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_data_have_all_digits_and_a_column_for_each_quantity()
    {
        var lines = AccuracyTable.Of(SampleResults.With(SampleResults.Clean(0.8) with { Correct = 1, Total = 3 })).ToCsv().Split('\n');

        Assert.Equal("network,pool,data set,protocol,seed,clean,clean: low,clean: high,clean: spread,clean: seeds,clean: correct,clean: images,input zeros", lines[0]);
        Assert.StartsWith("sew-resnet18-max,max,fashion-mnist,strict,3407,33.33333333333333,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",,1,1,3,", lines[1], StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
