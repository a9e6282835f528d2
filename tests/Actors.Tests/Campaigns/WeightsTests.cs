using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Snn.Checkpoints;

namespace SpikeTrail.Actors.Tests.Campaigns;

/// <summary>Networks that leave a campaign as a file, and campaigns that start from one.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("w.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_network_that_was_taken_out_is_attacked_with_the_same_results()
    {
        using var trained = new TinyCampaign();
        using var attacked = new TinyCampaign();
        var expected = await trained.RunAsync();

        var export = await WeightsExport.WriteAsync(trained.File(""), run: null, FilePath);
        var results = await attacked.RunAsync(job => Untrained(job) with { Pipeline = job.Pipeline with { LayerGroups = 3 } });

        Assert.Equal((new RunId("narrow/fashion-mnist-mini/7"), 2), (export.Run, export.Epoch));
        Assert.Empty(export.Damage);
        Assert.True(results.Campaign.Complete);
        Assert.Empty(results.Runs.Single().Epochs);
        Assert.Equal(Cells(expected), Cells(results));
        Assert.Null(expected.Runs.Single().Network.Weights);
        Assert.Equal(Weights.Find(FilePath).Sha256, results.Runs.Single().Network.Weights);
    }

    [Fact]
    public async Task Training_goes_on_from_a_file_and_a_checkpoint_wins_over_it()
    {
        using var trained = new TinyCampaign();
        using var whole = new TinyCampaign();
        using var interrupted = new TinyCampaign();
        await trained.RunAsync();
        await WeightsExport.WriteAsync(trained.File(""), run: null, FilePath);
        await whole.RunAsync(WithFile);
        using var cancel = new CancellationTokenSource();
        await interrupted.RunAsync(WithFile, new RecordingObserver(update => SupervisionTests.StopAfterTraining(update, cancel)), cancel: cancel.Token);

        await interrupted.RunAsync(WithFile);

        Assert.Equal(2, whole.Journal().OfType<EpochTrained>().Count());
        Assert.Equal(whole.Results(), interrupted.Results());
        Assert.NotEqual(await TinyCampaign.UndisturbedResultsAsync(), whole.Results());
    }

    [Fact]
    public async Task A_changed_file_makes_another_campaign()
    {
        using var trained = new TinyCampaign();
        using var attacked = new TinyCampaign();
        await trained.RunAsync();
        await WeightsExport.WriteAsync(trained.File(""), run: null, FilePath);
        await attacked.RunAsync(Untrained);
        var results = attacked.Results();
        ChangeFile();

        var refusal = await Assert.ThrowsAsync<InputException>(() => attacked.RunAsync(Untrained));

        Assert.Contains("campaign.networks[0].weights.sha256 was ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(results, attacked.Results());
    }

    [Fact]
    public async Task A_file_that_changes_after_the_campaign_was_made_ready_fails_the_run()
    {
        using var trained = new TinyCampaign();
        using var attacked = new TinyCampaign();
        await trained.RunAsync();
        await WeightsExport.WriteAsync(trained.File(""), run: null, FilePath);
        var changed = 0;

        var results = await attacked.RunAsync(
            job => Untrained(job) with { Pipeline = job.Pipeline with { MaxRetries = 0 } },
            layerGroup: TappedGroup.Each((_, message) =>
            {
                if (message is PrepareLayerGroup && Interlocked.Exchange(ref changed, 1) == 0)
                {
                    ChangeFile();
                }
            }));

        Assert.False(results.Campaign.Complete);
        var failure = Assert.Single(attacked.Journal().OfType<WorkFailed>());
        Assert.Contains("the file was changed after the campaign was made ready", failure.Reason, StringComparison.Ordinal);
        Assert.Empty(results.Runs.Single().Cells);
    }

    [Fact]
    public void A_file_that_does_not_fit_is_refused_before_anything_starts()
    {
        using var campaign = new TinyCampaign();
        var job = Untrained(campaign.Job);

        var missing = Assert.Throws<InputException>(() => PreparedCampaign.Prepare(job));
        File.WriteAllBytes(FilePath, [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        var empty = Assert.Throws<InputException>(() => PreparedCampaign.Prepare(job));

        Assert.Equal($"network narrow: weights: {FilePath}: there is no such file", missing.Message);
        Assert.Equal(
            $"network narrow: weights: {FilePath}: does not fit the network: missing: conv1.weight, bn1.weight, bn1.bias and 71 more", empty.Message);
    }

    [Fact]
    public async Task A_damaged_last_checkpoint_is_told_and_the_one_before_taken()
    {
        using var trained = new TinyCampaign();
        await trained.RunAsync();
        var checkpoints = trained.Journal().OfType<EpochTrained>().Select(epoch => trained.File(epoch.Checkpoint.Folder)).ToList();
        await File.AppendAllTextAsync(Path.Combine(checkpoints[1], "group-1.safetensors"), "x");

        var export = await WeightsExport.WriteAsync(trained.File(""), run: null, FilePath);
        Directory.Delete(checkpoints[0], recursive: true);
        var refusal = await Assert.ThrowsAsync<InputException>(() => WeightsExport.WriteAsync(trained.File(""), run: null, FilePath));

        Assert.Equal(1, export.Epoch);
        Assert.Contains("SHA-256", Assert.Single(export.Damage), StringComparison.Ordinal);
        Assert.Contains("no checkpoint of narrow/fashion-mnist-mini/7 can be used", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_run_of_several_has_to_be_chosen()
    {
        using var trained = new TinyCampaign();
        await trained.RunAsync(job => job with
        {
            Campaign = job.Campaign with { Seeds = [7, 8], Training = job.Campaign.Training with { Epochs = 1 }, Attacks = [CampaignPlan.Clean] },
        });

        var unsaid = await Assert.ThrowsAsync<InputException>(() => WeightsExport.WriteAsync(trained.File(""), run: null, FilePath));
        var unknown = await Assert.ThrowsAsync<InputException>(() => WeightsExport.WriteAsync(trained.File(""), "narrow/fashion-mnist-mini/9", FilePath));
        var export = await WeightsExport.WriteAsync(trained.File(""), "narrow/fashion-mnist-mini/8", FilePath);

        Assert.EndsWith("choose one with --run: narrow/fashion-mnist-mini/7, narrow/fashion-mnist-mini/8", unsaid.Message, StringComparison.Ordinal);
        Assert.StartsWith("--run narrow/fashion-mnist-mini/9: no such run was trained", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("narrow/fashion-mnist-mini/8", export.Run.Value);
    }

    [Fact]
    public async Task A_history_is_the_sum_of_the_journals_facts_and_adds_none()
    {
        using var campaign = new TinyCampaign();
        await campaign.RunAsync();
        var facts = campaign.Journal().Count;

        var state = await CampaignHistory.ReadAsync(campaign.File(""));

        Assert.True(state.IsCompleted);
        Assert.Equal([1, 2], state.EpochsOf(new RunId("narrow/fashion-mnist-mini/7")).Keys);
        Assert.Equal(6, state.Shards.Count);
        Assert.Equal(facts, campaign.Journal().Count);
        Assert.True((await campaign.RunAsync()).Campaign.Complete);
    }

    [Fact]
    public async Task A_folder_without_a_history_is_refused()
    {
        using var campaign = new TinyCampaign();
        await campaign.RunAsync(cancel: new CancellationToken(canceled: true));
        Directory.CreateDirectory(_folder.File("damaged"));
        await File.WriteAllTextAsync(_folder.File("damaged/journal.db"), new string('x', 5000));
        Directory.CreateDirectory(_folder.File("empty"));

        Assert.Contains("no such folder", await RefusalAsync(_folder.File("nowhere")), StringComparison.Ordinal);
        Assert.Contains("no campaign was begun here", await RefusalAsync(_folder.File("empty")), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("empty")));
        Assert.Contains("the journal is damaged", await RefusalAsync(_folder.File("damaged")), StringComparison.Ordinal);
        Assert.Contains("no epoch of this campaign was trained", await RefusalAsync(campaign.File("")), StringComparison.Ordinal);
        using var held = OutputFolder.Take(campaign.File(""));
        Assert.Contains("Does another process run a campaign there?", await RefusalAsync(campaign.File("")), StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync(string folder) =>
        (await Assert.ThrowsAsync<InputException>(() => WeightsExport.WriteAsync(folder, run: null, FilePath))).Message;

    private CampaignJob WithFile(CampaignJob job) => job with
    {
        Campaign = job.Campaign with { Networks = [.. job.Campaign.Networks.Select(network => network with { Weights = new WeightsFile(FilePath) })] },
    };

    private CampaignJob Untrained(CampaignJob job) =>
        WithFile(job) with { Campaign = WithFile(job).Campaign with { Training = job.Campaign.Training with { Epochs = 0 } } };

    /// <summary>One bit of the last weight: the file fits as before. In one move, for layer groups that are reading it.</summary>
    private void ChangeFile()
    {
        var bytes = File.ReadAllBytes(FilePath);
        bytes[^1] ^= 1;
        WholeFile.Write(FilePath, stream => stream.Write(bytes));
        Assert.NotEmpty(Weights.Entries(FilePath));
    }

    private static string Cells(CampaignResults results) =>
        ResultsJson.Write(results with { Campaign = results.Campaign with { ConfigurationHash = "" }, Runs = [.. results.Runs.Select(run => run with { Network = run.Network with { Weights = null }, Epochs = [] })] });
}
