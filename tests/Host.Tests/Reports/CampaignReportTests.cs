using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class CampaignReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_again()
    {
        Write("results.json", ResultsJson.Write(SampleResults.Campaign));
        Write("provenance.json", ProvenanceJson.Write(SampleResults.Provenance));

        var report = CampaignReport.Load(_folder);

        Assert.Equal(new CampaignReport(SampleResults.Campaign, SampleResults.Provenance).ToMarkdown(), report.ToMarkdown());
    }

    [Fact]
    public void Samples_beside_the_results_are_in_the_report()
    {
        Write("results.json", ResultsJson.Write(SampleResults.Campaign));
        Write("samples.json", SamplesJson.Write(SampledNetworks.Campaign));

        var report = CampaignReport.Load(_folder);
        report.Save(_folder);

        Assert.Contains("## What it looks like\n", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("<div class=\"plot pictures\" role=\"img\"", report.ToHtml(), StringComparison.Ordinal);
        Assert.All(
            from name in new[] { "examples", "firing-rate", "firing-rate-over-time", "spikes" }
            from extension in new[] { "svg", "png", "csv" }
            select $"{name}-fashion-mnist-sew-resnet18-max.{extension}",
            file => Assert.True(File.Exists(Path.Combine(_folder, "figures", file)), file));
    }

    [Fact]
    public void Samples_of_another_campaign_are_left_out_and_told() => Assert.Equal(
        "samples.json: $.configuration-hash: expected that of results.json: these are another campaign's; images and spikes are left out",
        WithSamples(SamplesJson.Write(SampledNetworks.Campaign with { ConfigurationHash = "00" })));

    [Fact]
    public void Damaged_samples_are_left_out_and_told() =>
        Assert.StartsWith("samples.json: $", WithSamples("{ \"schema\": 1,\n"), StringComparison.Ordinal);

    [Fact]
    public void A_folder_without_results_is_named() =>
        Assert.Contains("no results.json here", Assert.Throws<InputException>(() => CampaignReport.Load(_folder)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{ \"schema\": 2, \"campaign\": { \"name\": \"a\", \"configuration-hash\": \"b\", \"complete\": true }, \"runs\": [] }")]
    [InlineData("{ \"schema\": 1, \"campaign\": { \"name\": \"a\",\n")]
    public void Damaged_results_are_one_clear_line(string text)
    {
        Write("results.json", text);

        var message = Assert.Throws<InputException>(() => CampaignReport.Load(_folder)).Message;

        Assert.Contains("results.json: cannot be read as schema 1: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Damaged_provenance_is_left_out_and_told()
    {
        Write("results.json", ResultsJson.Write(SampleResults.Campaign));
        Write("provenance.json", ProvenanceJson.Write(SampleResults.Provenance)[..200]);

        var report = CampaignReport.Load(_folder);

        Assert.Null(report.Provenance);
        Assert.StartsWith("provenance.json: ", Assert.Single(report.Gaps).ToString(), StringComparison.Ordinal);
        Assert.Contains("## What is missing", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_break_off_make_a_report_that_says_so_at_its_top()
    {
        Write("results.json", ResultsJson.Write(SampleResults.Campaign)[..^2000]);

        var report = CampaignReport.Load(_folder);
        var text = report.ToMarkdown();

        Assert.Contains("`results.json`, `$.runs[1].", text[..text.IndexOf("## Accuracy", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("the file ends after this", text, StringComparison.Ordinal);
        Assert.StartsWith("warning: the files are damaged", ConsoleReport.Damage(report), StringComparison.Ordinal);
        report.Save(_folder);
        Assert.StartsWith("network,pool,data set,protocol,seed,clean,clean: low,clean: high,", File.ReadAllText(Path.Combine(_folder, "tables", "accuracy.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_whose_names_make_the_same_files_have_figures_of_their_own()
    {
        var run = SampleResults.Campaign.Runs[0];
        var samples = SampledNetworks.Campaign.Runs[0];
        var page = new CampaignReport(
            SampleResults.Campaign with { Runs = [run with { Network = run.Network with { Name = "sew_a" } }, run with { Network = run.Network with { Name = "sew-a" } }] },
            null,
            SampledNetworks.Campaign with { Runs = [samples with { Network = "sew_a" }, samples with { Network = "sew-a" }] }).ToHtml();

        var figures = page.Split("<figure id=\"").Skip(1).Select(figure => figure[..figure.IndexOf('"', StringComparison.Ordinal)]).ToList();
        Assert.Equal(figures.Distinct(), figures);
        Assert.Contains("examples-fashion-mnist-sew-a", figures);
        Assert.Contains("examples-fashion-mnist-sew-a-2", figures);
    }

    /// <summary>What a report says of samples that it cannot show.</summary>
    private string WithSamples(string samples)
    {
        Write("results.json", ResultsJson.Write(SampleResults.Campaign));
        Write("samples.json", samples);

        var report = CampaignReport.Load(_folder);

        Assert.Null(report.Samples);
        return Assert.Single(report.Gaps).ToString();
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
