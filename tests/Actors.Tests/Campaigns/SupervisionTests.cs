using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class SupervisionTests
{
    private const string Reason = "the device fell over";

    /// <summary>In which of the campaign's 32 passes it happens: 8 an epoch, then for each of two slices 2 clean, 4 for PGD's steps and 2 of predictions.</summary>
    [Theory]
    [InlineData(2, "epoch 1")]
    [InlineData(10, "epoch 2")]
    [InlineData(17, "slice narrow/fashion-mnist-mini/7/strict#0")]
    [InlineData(31, "slice narrow/fashion-mnist-mini/7/strict#1")]
    public async Task A_layer_group_that_fails_once_changes_nothing_in_the_results(int pass, string work)
    {
        using var campaign = new TinyCampaign();

        var results = await campaign.RunAsync(layerGroup: FailAt(pass, _ => throw new InvalidOperationException(Reason)));

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        var failure = Assert.Single(campaign.Journal().OfType<WorkFailed>());
        Assert.Equal(new WorkFailed(new RunId("narrow/fashion-mnist-mini/7"), work, 1, Reason, GaveUp: false), failure);
        Assert.Equal(
            new FailureRecord("narrow/fashion-mnist-mini/7", work, 1, Reason, GaveUp: false), Assert.Single(campaign.Provenance().Failures));
    }

    [Fact]
    public async Task A_layer_group_that_fails_within_an_epoch_is_replaced_from_its_last_step_on_disk()
    {
        using var campaign = new TinyCampaign();
        var passes = 0;

        // The campaign's twelfth pass is the last step of the second epoch.
        await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { CheckpointSteps = 2 } },
            layerGroup: TappedGroup.Each((plan, message) =>
            {
                if (plan.Index == 1 && message is PassRequest && ++passes == 12)
                {
                    throw new InvalidOperationException(Reason);
                }
            }));

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal("epoch 2", Assert.Single(campaign.Journal().OfType<WorkFailed>()).Work);
        Assert.Equal([(1, 2), (2, 2)], campaign.Journal().OfType<EpochCheckpointed>().Select(fact => (fact.Epoch, fact.Progress.Steps)));
    }

    [Fact]
    public async Task A_frame_whose_tensor_is_gone_fails_the_pipeline_and_changes_nothing_in_the_results()
    {
        using var campaign = new TinyCampaign();

        await campaign.RunAsync(layerGroup: FailAt(13, message => (message as IFrame)?.Content.Dispose()));

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Contains("taken before", Assert.Single(campaign.Journal().OfType<WorkFailed>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_always_fails_is_given_up_and_the_next_one_is_done()
    {
        using var campaign = new TinyCampaign();

        // The run with the first seed fails in every attempt.
        var results = await campaign.RunAsync(
            job => job with { Campaign = job.Campaign with { Seeds = [1, 7] } },
            layerGroup: TappedGroup.Each((plan, message) =>
            {
                if (plan.Seed == 1 && message is PassRequest)
                {
                    throw new InvalidOperationException(Reason);
                }
            }));

        Assert.False(results.Campaign.Complete);
        Assert.Equal([0, 2], results.Runs.Select(run => run.Epochs.Count));
        Assert.Equal([0, 3], results.Runs.Select(run => run.Cells.Count));
        Assert.Equal([3, 0], results.Runs.Select(run => run.Missing.Count(cell => cell.Errored)));
        Assert.Equal([(1, false), (2, true)], campaign.Journal().OfType<WorkFailed>().Select(failure => (failure.Attempt, failure.GaveUp)));
        Assert.Equal([false, true], campaign.Provenance().Failures.Select(failure => failure.GaveUp));
        Assert.DoesNotContain(campaign.Journal(), fact => fact is CampaignCompleted);
    }

    [Fact]
    public async Task A_campaign_with_a_run_given_up_tries_it_anew_when_it_is_run_again()
    {
        using var campaign = new TinyCampaign();
        var given = await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { MaxRetries = 0 } },
            layerGroup: TappedGroup.Each((_, message) =>
            {
                if (message is PassRequest { Id.Value: 17 })
                {
                    throw new InvalidOperationException(Reason);
                }
            }));
        Assert.False(given.Campaign.Complete);
        Assert.Equal(2, given.Runs.Single().Epochs.Count);

        var results = await campaign.RunAsync();

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.All(campaign.Provenance().Failures, failure => Assert.True(failure.GaveUp));
    }

    [Fact]
    public async Task A_slice_that_always_fails_is_given_up_alone_in_all_its_cells()
    {
        using var campaign = new TinyCampaign();

        var results = await campaign.RunAsync(
            layerGroup: TappedGroup.Each((_, message) =>
            {
                // The second slice of two.
                if (message is PassRequest { Purpose: PassPurpose.AdversarialStep } && campaign.Observer.New.OfType<ShardMeasured>().Count() == 3)
                {
                    throw new InvalidOperationException(Reason);
                }
            }));

        Assert.False(results.Campaign.Complete);
        Assert.Empty(results.Runs.Single().Cells);
        Assert.Equal(3, campaign.Journal().OfType<ShardMeasured>().Count());
        Assert.Equal(["none", "fgsm", "pgd"], results.Runs.Single().Missing.Where(cell => cell.Errored).Select(cell => cell.Attack));
        Assert.EndsWith("strict#1", Assert.Single(campaign.Journal().OfType<WorkFailed>(), failure => failure.GaveUp).Work, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slice_in_more_cells_than_one_message_holds_is_measured_in_all_of_them()
    {
        using var campaign = new TinyCampaign(TinyCampaign.Spec with
        {
            Training = TinyCampaign.Spec.Training with { Epochs = 0 },
            Attacks = [TinyCampaign.Spec.Attacks[0]],
            Epsilons = [.. Enumerable.Range(1, 60).Select(epsilon => (double)epsilon)],
        });
        var results = await campaign.RunAsync();

        Assert.True(results.Campaign.Complete);
        Assert.Equal(61, results.Runs.Single().Cells.Count);
        var shards = campaign.Journal().OfType<ShardMeasured>().Where(shard => shard.Shard.Index == 0).ToList();
        Assert.NotEqual(1, new SliceMeasured(new SliceId(new RunId("narrow/fashion-mnist-mini/7"), "strict", 0), shards).Parts().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_checkpoint_is_made_again_from_the_one_before(bool both)
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        await campaign.RunAsync(observer: new RecordingObserver(update => StopAfterTraining(update, cancel)), cancel: cancel.Token);
        var checkpoints = campaign.Journal().OfType<EpochTrained>().Select(epoch => campaign.File(epoch.Checkpoint.Folder)).ToList();
        Assert.Equal(2, checkpoints.Count);

        // The last one is damaged, the first one is missing.
        await File.AppendAllTextAsync(Path.Combine(checkpoints[1], "group-1.safetensors"), "x");
        if (both)
        {
            File.Delete(Path.Combine(checkpoints[0], "group-0.safetensors"));
        }

        var results = await campaign.RunAsync();

        Assert.True(results.Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal(both ? [1, 2, 1, 2] : [1, 2, 2], campaign.Journal().OfType<EpochTrained>().Select(epoch => epoch.Epoch));
        Assert.Contains("falling back to the one before", await File.ReadAllTextAsync(campaign.File("spiketrail.log")), StringComparison.Ordinal);
    }

    internal static void StopAfterTraining(Protocol.Telemetry.ProgressUpdate update, CancellationTokenSource cancel)
    {
        if (!update.Activity.StartsWith("epoch", StringComparison.Ordinal))
        {
            cancel.Cancel();
        }
    }

    /// <summary>The last layer group misbehaves at the first frame of the campaign's pass, once.</summary>
    private static Func<LayerGroupPlan, Props> FailAt(int pass, Action<object> misbehave)
    {
        var failed = 0;
        return TappedGroup.Each((plan, message) =>
        {
            if (plan.Index == 1 && message is SpikeFrame frame && frame.Pass.Value == pass && Interlocked.Exchange(ref failed, 1) == 0)
            {
                misbehave(message);
            }
        });
    }
}
