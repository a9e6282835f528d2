using System.Globalization;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class SamplesTests
{
    private static readonly CampaignSpec Sampled = TinyCampaign.Spec with { Training = TinyCampaign.Spec.Training with { Epochs = 1 }, Epsilons = [4, 8], Samples = 3 };

    [Fact]
    public async Task Samples_are_of_the_first_test_images_under_the_attack_with_most_steps_at_the_largest_budget()
    {
        using var campaign = new TinyCampaign(Sampled);
        var results = await campaign.RunAsync();

        var run = Assert.Single(Samples(campaign).Runs);
        Assert.Equal(("narrow", "fashion-mnist-mini", 7L, "Trouser"), (run.Network, run.Dataset, run.Seed, run.Classes[1]));
        Assert.Equal(new SampledAttack("strict", "pgd", 8), run.Samples.Attack);
        Assert.Equal((1, 28, 28), (run.Samples.Channels, run.Samples.Height, run.Samples.Width));
        var test = DataCatalog.Load("fashion-mnist-mini", dataFolder: null).Test;
        Assert.Equal(
            Enumerable.Range(0, 3).Select(index => (index, (int)test.Labels.Span[index], Convert.ToBase64String(test.Image(index)))),
            run.Samples.Images.Select(image => (image.Index, image.Label, image.Clean.Pixels)));
        Assert.Equal(run.Samples.Clean.Select(layer => layer.Module), run.Samples.Attacked.Select(layer => layer.Module));
        Assert.Equal(results.Campaign.ConfigurationHash, Samples(campaign).ConfigurationHash);
        Assert.Equal("narrow/fashion-mnist-mini/7 samples", campaign.Provenance().Timings[^1].Work);
    }

    [Fact]
    public async Task Results_are_the_same_bytes_with_samples_and_without()
    {
        using var with = new TinyCampaign(Sampled);
        using var without = new TinyCampaign(Sampled with { Samples = 0 });
        await with.RunAsync();
        await without.RunAsync();

        Assert.Equal(without.Results(), with.Results());
        Assert.False(File.Exists(without.File("samples.json")));
        Assert.DoesNotContain(without.Journal(), fact => fact is SamplesTaken);
    }

    /// <summary>Spikes are asked for in two of the samples' passes: the clean prediction, and the attacked one, which is the campaign's last pass.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_campaign_stopped_while_samples_are_taken_comes_to_the_same_bytes(int prediction)
    {
        using var whole = new TinyCampaign(Sampled);
        await whole.RunAsync();
        using var campaign = new TinyCampaign(Sampled);
        using var cancel = new CancellationTokenSource();
        var predictions = 0;
        await campaign.RunAsync(
            layerGroup: TappedGroup.Each((plan, message) =>
            {
                // The pass has not begun here, so the supervisor hears of this before any answer.
                if (plan.Index == 1 && message is PassRequest { Spikes: true } && ++predictions == prediction)
                {
                    cancel.Cancel();
                }
            }),
            cancel: cancel.Token);
        Assert.InRange(predictions, prediction, 2);
        Assert.DoesNotContain(campaign.Journal(), fact => fact is SamplesTaken or CampaignCompleted);

        await campaign.RunAsync(job => job with { Pipeline = job.Pipeline with { LayerGroups = 3, Window = 2 } });

        Assert.Single(campaign.Journal().OfType<SamplesTaken>());
        Assert.Equal(Bytes(whole), Bytes(campaign));
        Assert.Equal(whole.Results(), campaign.Results());
    }

    [Fact]
    public async Task Samples_that_are_journalled_and_not_written_are_written_without_being_taken_again()
    {
        using var campaign = new TinyCampaign(Sampled);
        await campaign.RunAsync();
        var bytes = Bytes(campaign);
        File.Delete(campaign.File("samples.json"));

        await campaign.RunAsync(job => job with { Campaign = job.Campaign with { Samples = 1 } });

        Assert.Equal(bytes, Bytes(campaign));
        Assert.Single(campaign.Journal().OfType<SamplesTaken>());
    }

    [Fact]
    public async Task A_campaign_that_was_completed_without_samples_stays_without_them()
    {
        using var campaign = new TinyCampaign(Sampled with { Samples = 0 });
        await campaign.RunAsync();
        var journal = campaign.Journal().Count;
        Directory.Delete(campaign.File("checkpoints"), recursive: true);

        var results = await campaign.RunAsync(job => job with { Campaign = job.Campaign with { Samples = 3 } });

        Assert.True(results.Campaign.Complete);
        Assert.Equal(journal, campaign.Journal().Count);
        Assert.False(File.Exists(campaign.File("samples.json")));
    }

    [Fact]
    public async Task An_unfinished_campaign_from_before_there_were_samples_takes_them_where_it_goes_on()
    {
        using var whole = new TinyCampaign(Sampled);
        await whole.RunAsync();
        using var campaign = new TinyCampaign(Sampled with { Samples = 0 });
        await campaign.RunAsync();
        Assert.IsType<CampaignCompleted>(campaign.Journal()[^1]);
        campaign.ForgetFrom(campaign.Journal().Count);

        await campaign.RunAsync(job => job with { Campaign = job.Campaign with { Samples = 3 } });

        Assert.Equal(Bytes(whole), Bytes(campaign));
    }

    [Fact]
    public async Task Samples_that_fail_again_and_again_cost_no_cell()
    {
        using var campaign = new TinyCampaign(Sampled);

        var results = await campaign.RunAsync(layerGroup: TappedGroup.Each((_, message) =>
        {
            if (message is PassRequest { Spikes: true })
            {
                throw new InvalidOperationException("the probe fell over");
            }
        }));

        Assert.True(results.Campaign.Complete);
        Assert.Empty(results.Runs.Single().Missing);
        Assert.Equal(["samples", "samples"], campaign.Journal().OfType<WorkFailed>().Select(failure => failure.Work));
        Assert.False(File.Exists(campaign.File("samples.json")));
    }

    [Fact]
    public async Task Where_attacked_images_are_no_pictures_the_clean_ones_are_sampled()
    {
        using var campaign = new TinyCampaign(Sampled with { Protocols = [ProtocolSpec.AsPublished], Seeds = [7, 8] });
        await campaign.RunAsync();

        var run = Assert.Single(Samples(campaign).Runs);
        Assert.Equal(7, run.Seed);
        Assert.Null(run.Samples.Attack);
        Assert.NotEmpty(run.Samples.Clean);
        Assert.All(run.Samples.Images, image => Assert.Null(image.Attacked));
    }

    [Theory]
    [InlineData("", "strict pgd 8")]
    [InlineData("train", "strict pgd 8")]
    [InlineData("contaminated", "strict pgd 8")]
    [InlineData("weighted", "weighted pgd 8")]
    public void The_protocol_is_the_first_that_attacks_the_pixels_of_each_image_by_itself(string first, string expected)
    {
        ProtocolSpec[] before = first switch
        {
            "train" => [ProtocolSpec.Strict with { Name = "train", Domain = AttackDomain.EncodedTrain }],
            "contaminated" => [ProtocolSpec.Strict with { Name = "contaminated", AttackStatistics = BatchStatistics.Batch, Contaminates = true }],
            "weighted" => [ProtocolSpec.Strict with { Name = "weighted", PhaseWeights = true }],
            _ => [],
        };

        Assert.Equal(expected, AttackOf(Sampled with { Protocols = [.. before, ProtocolSpec.Strict], Samples = 3 }));
    }

    [Fact]
    public void One_step_is_sampled_where_there_is_no_other_attack()
    {
        Assert.Equal("strict fgsm 8", AttackOf(Sampled with { Attacks = [Sampled.Attacks[0]] }));
        Assert.Equal("none", AttackOf(Sampled with { Attacks = [] }));
    }

    [Fact]
    public void No_check_is_sampled()
    {
        Assert.Equal("strict pgd 8", AttackOf(Sampled with { Checks = 3 }));
        Assert.Equal("none", AttackOf(Sampled with { Attacks = [], Checks = 3 }));
    }

    private static string AttackOf(CampaignSpec spec)
    {
        var context = TinyRun.Context(folder: "", campaign: spec with { DataSets = TinyRun.Campaign.DataSets });
        using var pipeline = new LocalPipeline(
            Network.Create(context.Run.Network, [1, context.Data.Test.Height, context.Data.Test.Width], context.Data.Test.Classes, seed: 1));
        var job = context.Samples()!;
        pipeline.Run(job);
        return job.Samples.Attack is { } attack ? string.Create(CultureInfo.InvariantCulture, $"{attack.Protocol} {attack.Attack} {attack.Epsilon}") : "none";
    }

    private static byte[] Bytes(TinyCampaign campaign) => File.ReadAllBytes(campaign.File("samples.json"));

    private static CampaignSamples Samples(TinyCampaign campaign) => SamplesJson.Read(File.ReadAllText(campaign.File("samples.json")));
}
