namespace SpikeTrail.Integration.Tests;

/// <summary>Every way in which a campaign can be wrong ends in exit code 2 and one line that says what was expected.</summary>
public sealed class CampaignInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-input-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("name = tiny\n", "name = tiny }\n", "tiny.conf line ")]
    [InlineData("epochs = 2", "epoches = 2", "did you mean epochs?")]
    [InlineData("epochs = 2", "epochs = many", "campaign.training.epochs")]
    [InlineData("[4, 8]", "[-4, 8]", "campaign.epsilons")]
    [InlineData("time-steps = 4", "time-steps = 0", "campaign.data-sets[0].time-steps")]
    [InlineData("name = tiny, depth", "name = tiny, family = sew-resnt, depth", "did you mean sew-resnet?")]
    [InlineData("depth = 10", "depth = 11", "campaign.networks[0].depth")]
    [InlineData("kind = fgsm", "kind = fsgm", "did you mean fgsm?")]
    [InlineData("kind = strict", "kind = strickt", "did you mean strict?")]
    [InlineData("name = fashion-mnist-mini", "name = fashion-mnist-mimi", "did you mean fashion-mnist-mini?")]
    [InlineData("name = fashion-mnist-mini", "name = cifar-10", "cifar-10")]
    [InlineData("training-limit = 64", "training-limit = 6400", "training-limit")]
    [InlineData("layer-groups = 2", "layer-groups = 7", "pipeline.layer-groups: expected 1 to 6")]
    [InlineData("layer-groups = 2", "layer-groups = 2, devices = [\"cuda:99\"]", "pipeline.devices: expected some of cpu")]
    public async Task A_campaign_that_cannot_be_run_is_refused_in_one_line(string old, string changed, string expected)
    {
        var campaign = TinyCampaign.Write(_folder, old, changed);

        await AssertRefusedAsync(expected, "run", campaign, "--out", "out");

        Assert.False(Directory.Exists(Path.Combine(_folder, "out")), "nothing is written for a campaign that cannot start");
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_named()
    {
        var campaign = TinyCampaign.Write(_folder, "name = fashion-mnist-mini", "name = cifar-10");

        await AssertRefusedAsync("nowhere", "run", campaign, "--out", "out", "--data", "nowhere");
    }

    [Theory]
    [InlineData(30_730_000, "md5")]
    [InlineData(1_000, "30,730,000")]
    public async Task Damaged_data_files_are_named(int bytes, string expected)
    {
        var campaign = TinyCampaign.Write(_folder, "name = fashion-mnist-mini", "name = cifar-10");
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data"));
        foreach (var name in new[] { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin" })
        {
            using var file = File.Create(Path.Combine(data.FullName, name));
            file.SetLength(bytes);
        }

        await AssertRefusedAsync(expected, "run", campaign, "--out", "out", "--data", "data");
    }

    [Fact]
    public async Task A_folder_that_belongs_to_another_campaign_is_left_alone()
    {
        await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder, "epochs = 2", "epochs = 0"), "--out", "out");
        var results = await File.ReadAllTextAsync(Path.Combine(_folder, "out", "results.json"));

        await AssertRefusedAsync(
            "campaign.training.batch-size was 16 and is now 8", "run", "tiny.conf", "--out", "out", "--set", "campaign.training.batch-size=8");

        Assert.Equal(results, await File.ReadAllTextAsync(Path.Combine(_folder, "out", "results.json")));
    }

    [Fact]
    public async Task Results_of_another_campaign_are_left_alone_even_without_their_journal()
    {
        await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder, "epochs = 2", "epochs = 0"), "--out", "out");
        File.Delete(Path.Combine(_folder, "out", "journal.db"));

        await AssertRefusedAsync("its journal is gone", "run", "tiny.conf", "--out", "out", "--set", "campaign.seeds=[77]");
    }

    [Theory]
    [InlineData("", "expected a folder")]
    [InlineData("tiny.conf", "is a file")]
    public async Task An_output_folder_that_is_none_is_refused(string folder, string expected) =>
        await AssertRefusedAsync(expected, "run", TinyCampaign.Write(_folder), "--out", folder);

    private async Task AssertRefusedAsync(string expected, params string[] arguments)
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, arguments);

        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith("error: ", end.Error, StringComparison.Ordinal);
        Assert.Contains(expected, end.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, end.Error.Count(character => character == '\n'));
    }
}
