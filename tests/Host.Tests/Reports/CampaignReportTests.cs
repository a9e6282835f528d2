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

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
