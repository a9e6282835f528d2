using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Actors.Tests.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Tests.Telemetry;

/// <summary>Made-up facts, in whatever order, and what they add up to.</summary>
public sealed class ResultsTests : TestKit
{
    private readonly TinyCampaign _folder = new();

    [Fact]
    public void Shards_are_added_in_their_order_whatever_order_they_arrive_in()
    {
        var campaign = Prepare();
        var facts = Facts(campaign);

        var forward = Text(campaign, facts);
        var backward = Text(campaign, ShardsBackward(facts));

        Assert.Equal(forward, backward);

        // Added the other way round these losses are another number, so the order is what makes the texts equal.
        var losses = facts.OfType<ShardMeasured>().Take(3).Select(shard => shard.Measurement.Loss).ToList();
        Assert.NotEqual(losses[0] + losses[1] + losses[2], losses[2] + losses[1] + losses[0]);
    }

    [Fact]
    public void A_second_report_of_a_shard_is_ignored()
    {
        var campaign = Prepare();
        var facts = Facts(campaign);
        var other = facts.OfType<ShardMeasured>().First() with { Measurement = Measured(1000) };

        Assert.Equal(Text(campaign, facts), Text(campaign, [.. facts, other]));
    }

    [Fact]
    public void A_cell_appears_once_all_its_shards_are_measured()
    {
        var campaign = Prepare();
        var shards = Facts(campaign).OfType<ShardMeasured>().ToList();

        var all = Build(campaign, shards);
        var lacking = Build(campaign, shards.Skip(1));

        Assert.Equal(["none", "fgsm", "pgd"], all.Runs.Single().Cells.Select(cell => cell.Attack));
        Assert.Equal(["fgsm", "pgd"], lacking.Runs.Single().Cells.Select(cell => cell.Attack));
        Assert.False(all.Campaign.Complete, "no epoch was trained");
    }

    [Fact]
    public void Means_and_shares_are_over_all_shards()
    {
        var campaign = Prepare();
        var cell = Build(campaign, Facts(campaign)).Runs.Single().Cells[0];

        Assert.Equal((12, 6), (cell.Total, cell.Correct));
        Assert.Equal(0.5, cell.Accuracy);
        Assert.Equal(0.6 / 12, cell.Loss!.Value, 12);
        Assert.Equal(0.25, cell.InputGradient.ZeroFraction);
        Assert.Equal(3, cell.InputGradient.AllZeroImages);
        Assert.Equal(0.5, cell.Operations.Single().InputZeroFraction);
        Assert.Equal(2, cell.Operations.Single().InputNorm);
    }

    [Fact]
    public void An_attack_that_takes_no_gradient_has_no_share_of_zeros_and_no_norms()
    {
        var campaign = Prepare();
        var facts = Facts(campaign).OfType<ShardMeasured>().Select(shard => shard with { Measurement = shard.Measurement with { Input = InputGradient.Empty } });

        Assert.All(
            Build(campaign, facts).Runs.Single().Cells,
            cell => Assert.Equal(new InputGradientResult(double.NaN, double.NaN, double.NaN, double.NaN, 0, 0), cell.InputGradient));
    }

    [Fact]
    public void The_keys_of_results_json_are_the_contract()
    {
        var campaign = Prepare();
        using var json = JsonDocument.Parse(Text(campaign, Facts(campaign)));

        var run = json.RootElement.GetProperty("runs")[0];
        var cell = run.GetProperty("cells")[0];
        Assert.Equal(["schema", "campaign", "runs"], Keys(json.RootElement));
        Assert.Equal(["name", "configuration-hash", "complete", "protocols"], Keys(json.RootElement.GetProperty("campaign")));
        Assert.Equal(["network", "dataset", "seed", "epochs", "cells", "missing"], Keys(run));
        Assert.Equal(["epoch", "training-loss", "test-loss", "clean-accuracy"], Keys(run.GetProperty("epochs")[0]));
        Assert.Equal(
            ["protocol", "attack", "epsilon", "step-size", "iterations", "restarts", "correct", "total", "accuracy", "loss", "input-gradient", "operations",
             "weight-gradients", "vulnerability"],
            Keys(cell));
        Assert.Equal(["zero-fraction", "l1", "l2", "linf"], Keys(cell.GetProperty("input-gradient")).Take(4));
        Assert.Equal(
            ["module", "kind", "input-zero-fraction", "output-zero-fraction", "input-norm", "output-norm"], Keys(cell.GetProperty("operations")[0]));
    }

    [Fact]
    public async Task The_aggregator_passes_facts_on_and_writes_what_they_add_up_to()
    {
        var campaign = Prepare();
        var facts = Facts(campaign);
        var observer = new RecordingObserver();
        var aggregator = Sys.ActorOf(TelemetryAggregator.Props(campaign, observer));
        foreach (var fact in ShardsBackward(facts))
        {
            aggregator.Tell(new FactRecorded(fact, Recovered: fact is EpochTrained));
        }

        var ended = await aggregator.Ask<CampaignEnded>(new WriteResults());

        Assert.True(ended.Results!.Campaign.Complete);
        Assert.Equal(Text(campaign, facts), System.Text.Encoding.UTF8.GetString(_folder.Results()));
        Assert.Equal(facts.OfType<EpochTrained>(), observer.Recovered);
        Assert.Equal(facts.OfType<ShardMeasured>().Reverse(), observer.New);

        // What was recovered took its time in an earlier sitting.
        Assert.Equal(
            facts.OfType<ShardMeasured>().Reverse().Select(shard => $"shard {shard.Shard}"), _folder.Provenance().Timings.Select(timing => timing.Work));
    }

    [Fact]
    public async Task Cells_that_are_completed_together_are_written_together()
    {
        var campaign = Prepare();
        var aggregator = Sys.ActorOf(TelemetryAggregator.Props(campaign, new RecordingObserver()));
        foreach (var (place, cell) in campaign.Runs.Single().Cells.Index())
        {
            aggregator.Tell(new FactRecorded(new CellCompleted(cell.Id, 1, 2, 0.5), Recovered: false) { IsLast = place == 2 });
            await aggregator.Ask<ActorIdentity>(new Identify(place));

            Assert.Equal(place == 2, File.Exists(_folder.File("results.json")));
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }

    private PreparedCampaign Prepare()
    {
        var spec = TinyCampaign.Spec with { DataSets = [TinyCampaign.Spec.DataSets[0] with { TestLimit = 12 }] };
        return PreparedCampaign.Prepare(_folder.Job with { Campaign = spec });
    }

    private static ICampaignFact[] Facts(PreparedCampaign campaign)
    {
        var run = campaign.Runs.Single();
        return
        [
            .. Enumerable.Range(1, run.Epochs).Select(epoch => new EpochTrained(
                run.Id, epoch, 1.0 / epoch, 2.0 / epoch, 0.1 * epoch, new CheckpointManifest($"epoch-{epoch}", epoch, campaign.Identity.Hash, []))),
            .. from cell in run.Cells
               from index in Enumerable.Range(0, run.Shards)
               select new ShardMeasured(new ShardId(cell.Id, index), Measured(0.1 * (index + 1))),
        ];
    }

    private static IEnumerable<ICampaignFact> ShardsBackward(IEnumerable<ICampaignFact> facts) =>
        [.. facts.OfType<EpochTrained>(), .. facts.OfType<ShardMeasured>().Reverse()];

    private static Measurement Measured(double loss) => new(
        Correct: 2, Total: 4, loss, new InputGradient(1, 4, loss, loss, loss, 1, 1), [new OperationGradient("conv1", "Conv2d", 1, 2, 1, 4, 4, 5, 2)], [], null);

    private static CampaignResults Build(PreparedCampaign campaign, IEnumerable<ICampaignFact> facts) =>
        ResultsBuilder.Build(campaign, facts.Aggregate(CampaignState.Empty, (state, fact) => state.Apply(fact)));

    private static string Text(PreparedCampaign campaign, IEnumerable<ICampaignFact> facts) => ResultsJson.Write(Build(campaign, facts));

    private static List<string> Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
