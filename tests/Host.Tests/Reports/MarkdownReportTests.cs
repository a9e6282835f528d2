using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public void A_report_is_the_golden_file_to_the_letter()
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "golden", "report.md");

        Assert.Equal(File.ReadAllText(golden), new CampaignReport(SampleResults.Campaign, SampleResults.Provenance).ToMarkdown());
    }

    [Fact]
    public void A_network_that_started_from_a_file_says_so()
    {
        var run = SampleResults.Campaign.Runs[0];
        var started = SampleResults.Campaign with { Runs = [run with { Network = run.Network with { Weights = "00ff" } }] };

        Assert.Contains(
            "11,181,642 parameters, started from a file of weights, SHA-256 00ff.\n", new CampaignReport(started, null).ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Partial_results_are_marked_incomplete()
    {
        var partial = SampleResults.Campaign with { Campaign = SampleResults.Campaign.Campaign with { Complete = false } };

        Assert.Contains("**Incomplete:**", new CampaignReport(partial, null).ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_errored_is_told_from_what_is_unfinished()
    {
        var run = SampleResults.Campaign.Runs[0];
        var partial = SampleResults.Campaign with
        {
            Campaign = SampleResults.Campaign.Campaign with { Complete = false },
            Runs = [run with { Checks = [SampleResults.Attacked("check-noise", 8, 0.7)], Missing = [new("strict", "pgd", 0.5, Errored: true), new("strict", "ifgsm", 2, Errored: false), new("strict", "ifgsm", 8, Errored: false)] }],
        };

        var text = new CampaignReport(partial, SampleResults.Provenance).ToMarkdown();

        Assert.Contains("**Incomplete:** of 9 cells, 1 errored (their work was given up after repeated failures, see Failures) and 2 are unfinished.", text, StringComparison.Ordinal);
        Assert.Contains("| sew-resnet18-max | fashion-mnist | 3407 | strict   | pgd    | 0.5 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("| ifgsm", text, StringComparison.Ordinal);
        var screen = new StringWriter();
        ConsoleReport.Print(screen, new(partial, null), "report.md");
        Assert.Contains("warning: 1 cell has no result, because work was given up", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_campaign_that_has_not_measured_anything_has_a_report_all_the_same()
    {
        var text = new CampaignReport(new CampaignResults(1, new("young", "00", Complete: false, []), []), null).ToMarkdown();

        Assert.Contains("Nothing has been measured yet.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bar_in_a_failures_reason_does_not_break_the_table()
    {
        var provenance = SampleResults.Provenance with { Failures = [new("run", "epoch 1", 3, "a|b\nc", GaveUp: true)] };

        Assert.Contains("a\\|b c |", new CampaignReport(SampleResults.Campaign, provenance).ToMarkdown(), StringComparison.Ordinal);
    }
}
