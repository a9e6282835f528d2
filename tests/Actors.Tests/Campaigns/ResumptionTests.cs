using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class ResumptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // FGSM's and PGD's gradients and predictions, and for theorem 4.1 of each a gradient, a clean and a random prediction.
    private const int PassesOfABatch = 1 + 2 + 2 + 2 * 3;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public async Task A_campaign_stopped_at_random_moments_comes_to_the_same_bytes(long seed, int checkpointSteps)
    {
        using var campaign = new TinyCampaign();
        var random = CounterRandom.For(seed, "interruptions");
        var journalled = new List<string>();
        bool complete;
        var sittings = 0;
        do
        {
            // Up to twice the passes of the longest piece of work, so that no sitting has to be in vain.
            var passes = 1 + (int)(random.Uniform(sittings++) * 12);
            using var cancel = new CancellationTokenSource();
            var observer = new RecordingObserver(_ => CancelAt(ref passes, cancel));

            var results = await campaign.RunAsync(Stepwise(checkpointSteps), observer, cancel: cancel.Token);

            complete = results.Campaign.Complete;
            Assert.Equal(journalled, Texts(observer.Recovered));
            journalled.AddRange(Texts(observer.New));
            Assert.Equal(journalled, Texts(campaign.Journal()));
            Assert.True(sittings < 100, "no progress");
        }
        while (!complete);

        Assert.True(sittings > 3, $"only {sittings} sittings");
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        var shards = campaign.Journal().OfType<ShardMeasured>().Select(fact => fact.Shard).ToList();
        Assert.Equal(6, shards.Count);
        Assert.Equal(shards.Distinct(), shards);
        Assert.Equal([1, 2], campaign.Journal().OfType<EpochTrained>().Select(fact => fact.Epoch));
    }

    /// <summary>An epoch is four steps and four batches of the test.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(1, 5)]
    [InlineData(2, 4)]
    [InlineData(3, 12)]
    public async Task A_campaign_stopped_within_an_epoch_goes_on_from_its_last_step_on_disk(int checkpointSteps, int passes)
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        var left = passes;
        await campaign.RunAsync(Stepwise(checkpointSteps), new RecordingObserver(_ => CancelAt(ref left, cancel)), cancel: cancel.Token);
        var before = campaign.Journal()[^1] is EpochCheckpointed last ? last.Progress.Images : 0;
        var updates = new List<ProgressUpdate>();

        var results = await campaign.RunAsync(Stepwise(checkpointSteps), new RecordingObserver(updates.Add));

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        var steps = campaign.Journal().OfType<EpochCheckpointed>().Select(fact => (fact.Epoch, fact.Progress.Steps)).ToList();
        Assert.Equal(from epoch in new[] { 1, 2 } from step in Enumerable.Range(1, 3) where step % checkpointSteps == 0 select (epoch, step), steps);
        Assert.True(updates[0].ActivityDone > 3 * before, "progress forgot the steps done before");
        Assert.Equal(
            Kept(campaign.Journal().OfType<EpochTrained>().Select(fact => fact.Checkpoint)),
            Directory.GetFiles(campaign.File("checkpoints"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

        IEnumerable<string> Kept(IEnumerable<CheckpointManifest> epochs) =>
            from epoch in epochs from file in epoch.Files let path = Path.Combine(campaign.File(epoch.Folder), file.Name) orderby path select path;
    }

    [Theory]
    [InlineData(1, new[] { 1, 2, 3, 3 })]
    [InlineData(2, new[] { 1, 2, 3, 1, 2, 3 })]
    [InlineData(3, new[] { 1, 2, 3, 1, 2, 3 })]
    public async Task Damaged_checkpoints_within_an_epoch_are_made_again_from_the_last_good_one(int damaged, int[] secondEpoch)
    {
        using var campaign = new TinyCampaign();
        var passes = 0;

        // The campaign's fourteenth pass is in the test after the second epoch: all its steps are journalled, itself is not.
        await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { CheckpointSteps = 1, MaxRetries = 0 } },
            layerGroup: TappedGroup.Each((plan, message) =>
            {
                if (plan.Index == 1 && message is PassRequest && ++passes == 14)
                {
                    throw new InvalidOperationException("the device fell over");
                }
            }));
        var steps = campaign.Journal().OfType<EpochCheckpointed>().Where(fact => fact.Epoch == 2).Select(fact => campaign.File(fact.Checkpoint.Folder)).ToList();
        Assert.Equal([false, true, true], steps.Select(Directory.Exists));
        foreach (var step in steps[^Math.Min(2, damaged)..])
        {
            await File.AppendAllTextAsync(Path.Combine(step, "group-1.safetensors"), "x");
        }

        if (damaged == 3)
        {
            Directory.Delete(Path.Combine(campaign.File("checkpoints"), "narrow_fashion-mnist-mini_7"), recursive: true);
        }

        await campaign.RunAsync(Stepwise(1));

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal(secondEpoch, campaign.Journal().OfType<EpochCheckpointed>().Where(fact => fact.Epoch == 2).Select(fact => fact.Progress.Steps));
        Assert.Equal(damaged == 3 ? [1, 1, 2] : [1, 2], campaign.Journal().OfType<EpochTrained>().Select(fact => fact.Epoch));
        Assert.Contains("falling back to the one before", await File.ReadAllTextAsync(campaign.File("spiketrail.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_number_of_steps_between_checkpoints_goes_on_where_the_first_stopped()
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        var left = 4;
        await campaign.RunAsync(Stepwise(2), new RecordingObserver(_ => CancelAt(ref left, cancel)), cancel: cancel.Token);

        await campaign.RunAsync(job => job with { Pipeline = job.Pipeline with { CheckpointSteps = 0, LayerGroups = 3 } });

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal([2], campaign.Journal().OfType<EpochCheckpointed>().Select(fact => fact.Progress.Steps));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task A_chain_cut_between_any_two_batches_comes_to_the_same_bytes(int batches)
    {
        using var campaign = new TinyCampaign(TinyCampaign.Chained);
        using var cancel = new CancellationTokenSource();
        var passes = batches * PassesOfABatch;
        var first = await campaign.RunAsync(
            observer: new RecordingObserver(update => CancelAt(ref passes, cancel, update.Activity.StartsWith("as-published fgsm", StringComparison.Ordinal))),
            cancel: cancel.Token);
        Assert.False(first.Campaign.Complete);

        var second = await campaign.RunAsync();

        Assert.True(second.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(TinyCampaign.Chained), campaign.Results());
        var measured = campaign.Journal().OfType<LinkMeasured>().ToList();
        var links = measured.Select(fact => fact.Link).ToList();
        Assert.Equal(4, links.Count);
        Assert.Equal(links.Distinct(), links);
        Assert.All(measured, link => Assert.False(Directory.Exists(campaign.File(link.Statistics.Folder)), "statistics nobody goes on from are still there"));
    }

    [Fact]
    public async Task A_chain_whose_statistics_are_damaged_goes_on_from_the_link_before_and_comes_to_the_same_bytes()
    {
        using var campaign = new TinyCampaign(TinyCampaign.Chained);
        using var cancel = new CancellationTokenSource();
        var passes = 3 * PassesOfABatch;
        await campaign.RunAsync(
            observer: new RecordingObserver(update => CancelAt(ref passes, cancel, update.Activity.StartsWith("as-published fgsm", StringComparison.Ordinal))),
            cancel: cancel.Token);
        var statistics = campaign.Journal().OfType<LinkMeasured>().Single().Statistics;
        Assert.Equal(2, Directory.GetFiles(campaign.File(statistics.Folder)).Length);
        await File.WriteAllTextAsync(Path.Combine(campaign.File(statistics.Folder), statistics.Files[0].Name), "damage");

        await campaign.RunAsync();

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(TinyCampaign.Chained), campaign.Results());
        Assert.Equal([0, 0, 1, 0, 1], campaign.Journal().OfType<LinkMeasured>().Select(fact => fact.Link.Index));
    }

    /// <summary>As in a journal of a program that measured cell by cell.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Of_a_slice_that_was_measured_in_some_cells_the_rest_is_measured(int shards)
    {
        using var campaign = new TinyCampaign();
        await campaign.RunAsync();
        var whole = campaign.Journal().ToList();
        campaign.ForgetFrom(1 + whole.IndexOf(whole.OfType<ShardMeasured>().ElementAt(shards)));
        var updates = new List<ProgressUpdate>();
        var observer = new RecordingObserver(updates.Add);

        var results = await campaign.RunAsync(observer: observer);

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal(Texts(whole), Texts(campaign.Journal()));
        Assert.Equal(6 - shards, observer.New.OfType<ShardMeasured>().Count());
        Assert.Equal(updates[^1].CampaignTotal, updates[^1].CampaignDone);
        Assert.Equal(updates.Select(update => update.CampaignDone).Order(), updates.Select(update => update.CampaignDone));
    }

    [Fact]
    public async Task A_finished_campaign_is_not_run_again()
    {
        using var campaign = new TinyCampaign();
        await campaign.RunAsync();
        var again = new RecordingObserver(_ => Assert.Fail("a pass was run"));

        var results = await campaign.RunAsync(observer: again);

        Assert.True(results.Campaign.Complete);
        Assert.Empty(again.New);
        Assert.Equal(Texts(campaign.Journal()), Texts(again.Recovered));
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
    }

    [Fact]
    public async Task A_campaign_cancelled_before_it_begins_ends_with_nothing_done()
    {
        using var campaign = new TinyCampaign();

        var results = await campaign.RunAsync(cancel: new CancellationToken(canceled: true)).WaitAsync(Patience);

        Assert.False(results.Campaign.Complete);
        Assert.Empty(results.Runs.Single().Epochs);
        Assert.Equal(["none", "fgsm", "pgd"], results.Runs.Single().Missing.Select(cell => cell.Attack));
        Assert.DoesNotContain(results.Runs.Single().Missing, cell => cell.Errored);
    }

    [Fact]
    public async Task A_second_campaign_in_a_folder_in_use_is_refused()
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var first = campaign.RunAsync(
            layerGroup: TappedGroup.Each((_, message) =>
            {
                if (message is PassRequest)
                {
                    began.TrySetResult();
                    goOn.Wait(Patience);
                }
            }),
            cancel: cancel.Token);
        await began.Task.WaitAsync(Patience);

        var refusal = await Assert.ThrowsAsync<InputException>(() => campaign.RunAsync());

        Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
        await cancel.CancelAsync();
        goOn.Set();
        Assert.False((await first).Campaign.Complete);
    }

    [Fact]
    public async Task Another_configuration_in_the_same_folder_is_refused_with_the_key_and_both_values()
    {
        using var campaign = new TinyCampaign();
        await campaign.RunAsync(cancel: new CancellationToken(canceled: true));

        var refusal = await Assert.ThrowsAsync<InputException>(() => campaign.RunAsync(
            job => job with { Campaign = job.Campaign with { Training = job.Campaign.Training with { Epochs = 3 } } }));

        Assert.Contains("campaign.training.epochs was 2 and is now 3", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetDirectoryName(campaign.File("x"))!, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_layout_goes_on_where_the_first_stopped()
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver(update => SupervisionTests.StopAfterTraining(update, cancel));
        await campaign.RunAsync(observer: observer, cancel: cancel.Token);
        Assert.Equal(2, observer.New.OfType<EpochTrained>().Count());

        var results = await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { LayerGroups = 3, Window = 2, FramesInFlight = 1 } });

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal([1, 2], campaign.Journal().OfType<EpochTrained>().Select(fact => fact.Epoch));
    }

    private static Func<CampaignJob, CampaignJob> Stepwise(int checkpointSteps) =>
        job => job with { Pipeline = job.Pipeline with { CheckpointSteps = checkpointSteps } };

    private static void CancelAt(ref int passes, CancellationTokenSource cancel, bool counts = true)
    {
        if (counts && --passes == 0)
        {
            cancel.Cancel();
        }
    }

    private static IEnumerable<string> Texts(IEnumerable<ICampaignFact> facts) =>
        facts.Select(fact => $"{MessageCodec.ManifestOf(fact)} {Convert.ToHexString(MessageCodec.Encode(fact))}");
}
