using SpikeTrail.Host.Reports.Comparison;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports.Comparison;

public sealed class ComparedCampaignTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Campaigns_are_called_by_their_names()
    {
        string[] folders = [Write("a", Named("first")), Write("b", Named("second"))];

        Assert.Equal(["first", "second"], LabelsOf(folders));
    }

    [Fact]
    public void Those_of_the_same_name_are_called_by_their_folders()
    {
        string[] folders = [Write("a", Named("same")), Write("b", Named("same")) + "/", Write("c", Named("third"))];

        Assert.Equal(["a", "b", "third"], LabelsOf(folders));
    }

    [Fact]
    public void Where_that_does_not_tell_them_apart_folders_are_called_as_they_were_given()
    {
        string[] alike = [Write("x/out", Named("same")), Write("y/out", Named("same"))];
        string[] crossed = [Write("p", Named("same")), Write("q", Named("same")), Write("r", Named("p"))];

        Assert.Equal(alike, LabelsOf(alike));
        Assert.Equal(crossed, LabelsOf(crossed));
    }

    [Fact]
    public void One_folder_cannot_be_compared() =>
        Assert.Equal("compare: expected at least two output folders, got 1", Assert.Throws<InputException>(() => ComparedCampaign.Load([_folder])).Message);

    [Fact]
    public void A_folder_given_twice_is_refused_however_it_is_written()
    {
        var folder = Write("a", SampleResults.Campaign);

        Assert.Equal(
            $"{folder}/../a/: given twice; expected different output folders",
            Assert.Throws<InputException>(() => ComparedCampaign.Load([folder, $"{folder}/../a/"])).Message);
    }

    [Fact]
    public void A_folder_without_results_is_named()
    {
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;

        Assert.StartsWith($"{empty}: no results.json here", Assert.Throws<InputException>(() => ComparedCampaign.Load([Write("a", SampleResults.Campaign), empty])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(11, 10)]
    [InlineData(-1, 10)]
    public void Counts_that_are_no_share_are_left_out_and_told(int correct, int total)
    {
        var folder = Write("a", SampleResults.With(SampleResults.Clean(0.8), SampleResults.Attacked("pgd", 8, 0.5) with { Correct = correct, Total = total }));

        var report = ComparedCampaign.Load([folder, Write("b", SampleResults.Campaign)])[0].Report;

        Assert.Single(report.Results.Runs[0].Cells);
        Assert.StartsWith("results.json: $.runs[0].cells[1].", Assert.Single(report.Gaps).ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> LabelsOf(string[] folders) => ComparedCampaign.Load(folders).Select(campaign => campaign.Label);

    private static CampaignResults Named(string name) => SampleResults.Campaign with { Campaign = SampleResults.Campaign.Campaign with { Name = name } };

    private string Write(string name, CampaignResults results)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "results.json"), ResultsJson.Write(results));
        return folder;
    }
}
