using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Tests.Reports;

/// <summary>A results.json may be anybody's: its names are text, wherever they are shown.</summary>
public sealed class OtherPeoplesNamesTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("-1E-07", "-1E-07")]
    [InlineData("-Infinity", "-Infinity")]
    [InlineData("sew-resnet18", "sew-resnet18")]
    public void In_a_spreadsheet_text_is_no_formula_and_a_number_is_a_number(string cell, string written) => Assert.Equal($"{written}\n", Csv.Of([[cell]]));

    [Theory]
    [InlineData("<img src=x>", "\\<img src=x>")]
    [InlineData("p < 0.05", "p < 0.05")]
    [InlineData("**a**|b\\|c", "\\*\\*a\\*\\*\\|b\\\\\\|c")]
    [InlineData("[a](b) `c`", "\\[a\\](b) \\`c\\`")]
    [InlineData("a\n# b", "a # b")]
    public void In_a_table_of_Markdown_text_is_text(string text, string written)
    {
        var table = new TextTable(text);
        table.Add(text);

        Assert.Equal([$"| {written} |", $"| {new string('-', written.Length)} |", $"| {written} |"], table.ToMarkdown().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("Pixels in [0, 1], **bold** and `code [0] <b>`", "Pixels in [0, 1], **bold** and `code [0] <b>`")]
    [InlineData("<img src=x> [a](b) *c* d\\e", "\\<img src=x> [a\\](b) \\*c\\* d\\\\e")]
    [InlineData("`<img src=x>``", "`\\<img src=x>``")]
    [InlineData("a\n\n# b", "a  # b")]
    public void In_running_text_bold_and_code_are_all_there_is(string text, string written) => Assert.Equal(written, MarkdownText.Inline(text));

    [Fact]
    public void A_report_has_no_markup_but_its_own()
    {
        var run = SampleResults.Campaign.Runs[0];
        var text = new CampaignReport(
            SampleResults.Campaign with { Runs = [run with { Network = run.Network with { Name = "<img src=x onerror=alert(1)>" } }] }, null).ToMarkdown();

        Assert.Contains("\\<img src=x", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text.Replace("\\<img", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
