using System.Collections.Concurrent;
using Akka.Actor;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class ChecksTests
{
    /// <summary>Eight images in two slices, the checks on the first.</summary>
    private static readonly CampaignSpec Checked = TinyCampaign.Spec with { Epsilons = [0, 4, 8], Checks = 3 };

    [Fact]
    public async Task Checks_are_cells_of_their_own_on_as_many_whole_shards_as_they_want()
    {
        using var campaign = new TinyCampaign(Checked);
        var results = await campaign.RunAsync();
        var run = Assert.Single(results.Runs);

        Assert.True(results.Campaign.Complete);
        Assert.Equal(["none 0", "fgsm 0", "fgsm 4", "fgsm 8", "pgd 0", "pgd 4", "pgd 8"], run.Cells.Select(Name));
        Assert.Equal(["check-unchanged 0", "check-noise 4", "check-noise 8", "check-iterations 8", "check-restarts 8", "check-unbounded 255"], run.Checks!.Select(Name));
        Assert.All(run.Cells, cell => Assert.Equal(8, cell.Total));
        Assert.All(run.Checks!, cell => Assert.Equal(4, cell.Total));
        Assert.All(run.Cells.Concat(run.Checks!), cell => Assert.NotNull(cell.Course));
        Assert.Equal((10, 1), (run.Checks![3].Iterations, run.Checks![3].Restarts));
        Assert.Equal((2, 5), (run.Checks![4].Iterations, run.Checks![4].Restarts));

        // As it was written, so it is read, and what is not there stays away.
        Assert.Equal(ResultsJson.Write(results), ResultsJson.Write(ResultsJson.Read(System.IO.File.ReadAllText(campaign.File("results.json")))));
    }

    [Fact]
    public async Task A_supervisor_tells_of_how_many_images_a_check_is_and_of_no_gradient_that_none_took()
    {
        using var campaign = new TinyCampaign(Checked);
        var observer = new AskingObserver();
        await campaign.RunAsync(observer: observer);
        var cells = (await observer.Answer.Task).Cells;

        var noise = Assert.Single(cells, cell => cell is { Attack: CheckAttacks.Noise, Epsilon: 8 });
        Assert.Equal((4, 4), (noise.Measured, noise.Images));
        Assert.Null(noise.ZeroFraction);
        var pgd = Assert.Single(cells, cell => cell is { Attack: "pgd", Epsilon: 8 });
        Assert.Equal((4, 8), (pgd.Measured, pgd.Images));
        Assert.InRange(pgd.ZeroFraction!.Value, 0, 1);
    }

    [Fact]
    public async Task What_is_done_names_checks_once()
    {
        using var campaign = new TinyCampaign(Checked);
        var activities = new ConcurrentQueue<string>();
        await campaign.RunAsync(observer: new RecordingObserver(update => activities.Enqueue(update.Activity)));

        Assert.Equal(["strict clean and fgsm and pgd and checks eps 0, 4, 8", "strict clean and fgsm and pgd eps 0, 4, 8"], activities.Where(activity => activity.StartsWith("strict", StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public async Task Checks_change_no_other_number()
    {
        using var campaign = new TinyCampaign(TinyCampaign.Spec with { Checks = 8 });
        var results = await campaign.RunAsync();
        var forgotten = results.Runs.Single();
        var without = results with
        {
            Runs = [forgotten with { Checks = null, Cells = [.. forgotten.Cells.Select(cell => cell with { Course = null })] }],
        };

        var expected = ResultsJson.Read(System.Text.Encoding.UTF8.GetString(await TinyCampaign.UndisturbedResultsAsync()));
        Assert.Equal(
            ResultsJson.Write(expected),
            ResultsJson.Write(without with { Campaign = without.Campaign with { ConfigurationHash = expected.Campaign.ConfigurationHash } }));
    }

    [Fact]
    public async Task A_campaign_with_checks_goes_on_where_it_stopped_to_the_same_bytes()
    {
        using var stopped = new TinyCampaign(Checked);
        await stopped.RunAsync();
        var first = stopped.Journal().Index().First(fact => fact.Item is ShardMeasured { Shard.Index: 0 } shard && shard.Shard.Cell.Value.Contains("check-noise/8", StringComparison.Ordinal)).Index + 1;
        stopped.ForgetFrom(first);

        await stopped.RunAsync();

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Checked), stopped.Results());
    }

    [Fact]
    public void No_check_is_made_where_attacks_contaminate() =>
        Assert.DoesNotContain(
            CampaignPlan.Runs(TinyCampaign.Chained with { Checks = 8 }).SelectMany(run => CampaignPlan.Cells(TinyCampaign.Chained with { Checks = 8 }, run)),
            cell => CheckAttacks.IsCheck(cell.Attack));

    [Fact]
    public void A_campaign_without_a_single_step_is_given_one_and_one_without_steps_the_papers()
    {
        Assert.Contains(CheckAttacks.Of(Checked with { Attacks = [Checked.Attacks[1]] }), check => check is { Attack: { Name: CheckAttacks.OneStep, Iterations: 1 }, Epsilon: 8 });
        Assert.Contains(CheckAttacks.Of(Checked with { Attacks = [Checked.Attacks[0]] }), check => check is { Attack: { Name: CheckAttacks.Iterations, Iterations: 35, StepSize: 2.55 }, Epsilon: 8 });
        Assert.Empty(CheckAttacks.Of(Checked with { Epsilons = [0] }));
        Assert.Empty(CheckAttacks.Of(Checked with { Checks = 0 }));
    }

    private static string Name(CellResult cell) => FormattableString.Invariant($"{cell.Attack} {cell.Epsilon}");

    /// <summary>Asks the supervisor for its cells when the checks are done and the rest is not.</summary>
    private sealed class AskingObserver : ICampaignObserver
    {
        private IActorRef _campaign = ActorRefs.Nobody;

        public TaskCompletionSource<CellList> Answer { get; } = new();

        public void OnStart(IActorRef campaign) => _campaign = campaign;

        public void OnProgress(ProgressUpdate update)
        {
        }

        public void OnFact(ICampaignFact fact, bool recovered)
        {
            if (fact is CellCompleted completed && completed.Cell.Value.Contains(CheckAttacks.Unbounded, StringComparison.Ordinal))
            {
                _campaign.Ask<CellList>(new ListCells(CampaignRunner.LoneCampaign)).ContinueWith(asked => Answer.SetFromTask(asked), TaskScheduler.Default);
            }
        }
    }
}
