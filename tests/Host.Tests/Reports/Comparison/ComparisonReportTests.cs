using System.Text.Json.Nodes;
using SpikeTrail.Host.Reports.Comparison;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports.Comparison;

public sealed class ComparisonReportTests
{
    [Fact]
    public void A_comparison_is_the_golden_file_to_the_letter() => Assert.Equal(Golden("comparison.md"), Markdown(SampleComparison.Whole));

    [Fact]
    public void On_the_screen_it_is_the_other_golden_file() => Assert.Equal(Golden("comparison.txt"), ComparisonReport.ToPlain(SampleComparison.Whole));

    [Fact]
    public void Without_several_seeds_no_column_has_their_spread()
    {
        var text = ComparisonReport.ToPlain(OfTwo(Clean(0.8)));

        Assert.DoesNotContain("±", text, StringComparison.Ordinal);
        Assert.Contains("There is one seed of each", text, StringComparison.Ordinal);
        Assert.Contains("the one difference shown", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_common_that_is_said()
    {
        var text = Markdown(OfTwo(Attacked("pgd", 8, 0.3)));

        Assert.Contains("Nothing to compare", text, StringComparison.Ordinal);
        Assert.Contains("## Not comparable", text, StringComparison.Ordinal);
        Assert.DoesNotContain("A difference is", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Campaigns_that_lack_a_cell_for_the_same_reason_share_a_row()
    {
        var table = ComparisonTables.Missing(CampaignComparison.Of(
            [SampleComparison.Called("base", With(Clean(0.81))), SampleComparison.Called("one", With()), SampleComparison.Called("two", With())]));

        Assert.Equal(1, table.Rows);
        Assert.Contains("one, two  not part of it", table.ToPlain(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_numbers_are_in_the_json_as_shares()
    {
        var json = JsonNode.Parse(ComparisonJson.Write(SampleComparison.Whole))!;
        var difference = json["differences"]![0]!;

        Assert.Equal(["short", "long", "deep"], json["campaigns"]!.AsArray().Select(campaign => (string)campaign!["label"]!));
        Assert.Equal(5, json["differences"]!.AsArray().Count);
        Assert.Equal("none", (string)difference["cell"]!["attack"]!);
        Assert.Equal("long", (string)difference["other"]!["label"]!);
        Assert.Equal(1600, (long)difference["base"]!["correct"]!);
        Assert.Equal(3280, (long)difference["other"]!["correct"]!);
        Assert.Equal(0.02, (double)difference["test"]!["difference"]!, 1e-12);
        Assert.InRange((double)difference["test"]!["interval"]!["low"]!, -0.01, 0.02);
        Assert.False((bool)difference["larger-than-chance"]!);
        Assert.Equal("deep", (string)json["missing"]![0]!["campaign"]!);
        Assert.Equal("seeds", (string)json["unlike"]![0]!["key"]!);
    }

    /// <summary>A base with clean accuracy alone, beside a campaign with this cell alone.</summary>
    private static CampaignComparison OfTwo(CellResult cell) =>
        CampaignComparison.Of([SampleComparison.Called("base", With(Clean(0.81))), SampleComparison.Called("other", With(cell))]);

    private static string Markdown(CampaignComparison comparison) => MarkdownWriter.Write(ComparisonReport.ToDocument(comparison));

    private static string Golden(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", file));
}
