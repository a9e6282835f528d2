using SpikeTrail.Host.Reports;
using SpikeTrail.Host.Reports.Robustness;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports.Robustness;

public sealed class RobustnessSectionTests
{
    private const string Network = "sew-resnet18-max/fashion-mnist/3407, strict";

    [Fact]
    public void Without_checks_believable_numbers_are_doubtful_and_the_report_names_the_command_that_runs_them()
    {
        var text = Report(Campaign);

        Assert.Contains($"**Is the robustness real?** 2 doubtful ({Network}; ", text, StringComparison.Ordinal);
        Assert.Contains($"### {Network}: doubtful\n", text, StringComparison.Ordinal);
        Assert.Contains("– Not measured, the campaign did not ask for checks: The loss climbs along the attack, ", text, StringComparison.Ordinal);
        Assert.Contains($"`{RobustnessSection.Command}`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_check_is_told_first_with_its_numbers_and_what_they_mean()
    {
        var text = Report(With(Clean(0.9), Attacked("fgsm", 8, 0.7)));

        Assert.Contains($"### {Network}: unreliable\n\n- ✗ **An iterated attack was measured:** no attack takes more than one step (fgsm). What withstands one step", text, StringComparison.Ordinal);
        Assert.Contains("| An iterated attack was measured        | ✗ failed", text, StringComparison.Ordinal);
        Assert.Contains("| The network has learnt                 | ✓ passed", text, StringComparison.Ordinal);
        Assert.Contains("| Without a bound nothing withstands     | – not measured", text, StringComparison.Ordinal);
        Assert.Contains("| verdict                                | unreliable", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_networks_are_a_row_each_and_a_line_names_a_few()
    {
        var run = With(Clean(0.9), Attacked("fgsm", 8, 0.7)).Runs[0];
        var text = Report(Campaign with { Runs = [.. Enumerable.Range(0, 6).Select(seed => run with { Seed = seed })] });

        Assert.Contains("sew-resnet18-max/fashion-mnist/3, strict; and 2 more).", text, StringComparison.Ordinal);
        Assert.Contains("| sew-resnet18-max/fashion-mnist/5, strict | unreliable | An iterated attack was measured | ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_screen_has_the_verdict_too()
    {
        var screen = new StringWriter();
        ConsoleReport.Print(screen, new(With(Clean(0.9), Attacked("fgsm", 8, 0.7)), null), "report.md");

        Assert.Contains($"is the robustness real? 1 unreliable ({Network}); the report says why\n", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_was_attacked_nothing_is_said() =>
        Assert.Contains("## Is the robustness real?\n\nNo attack has been measured yet.\n", Report(With(Clean(0.9))), StringComparison.Ordinal);

    [Fact]
    public void Checks_appear_in_no_other_table()
    {
        var run = Campaign.Runs[0];
        var text = Report(Campaign with { Runs = [run with { Checks = [Attacked("check-unbounded", 255, 0.05) with { Iterations = 10 }] }] });

        Assert.DoesNotContain("| check-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("255 |", text, StringComparison.Ordinal);
        Assert.Contains("✓ **Without a bound nothing withstands:** at eps 255, 10 steps leave 5.00 %; chance is 10.00 %.", text, StringComparison.Ordinal);
        Assert.Contains("Attack **check-unbounded**: 10 steps", text, StringComparison.Ordinal);
    }

    private static string Report(CampaignResults results) => new CampaignReport(results, null).ToMarkdown();
}
