using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class TransferTests
{
    private static readonly AttackSpec Pgd = new() { Name = "pgd", Kind = AttackKind.Pgd, Iterations = 1, Restarts = 2 };

    /// <summary>Two networks as their seed has them; each is shown the other's images, one of them by a check alone and on the first of two slices.</summary>
    private static readonly CampaignSpec Spec = TinyCampaign.Spec with
    {
        Networks = [TinyCampaign.Spec.Networks[0], TinyCampaign.Spec.Networks[0] with { Name = "other", Pool = PoolKind.Average }],
        DataSets = [TinyCampaign.Spec.DataSets[0] with { TimeSteps = 2 }],
        Training = TinyCampaign.Spec.Training with { Epochs = 0 },
        Attacks = [Pgd, AttackSpec.Transfer("borrowed", "narrow", Pgd)],
        Epsilons = [8],
        Checks = 3,
    };

    private static readonly RunId Narrow = new("narrow/fashion-mnist-mini/7");
    private static readonly RunId Other = new("other/fashion-mnist-mini/7");

    [Fact]
    public async Task Each_network_is_shown_the_others_images_and_nothing_is_left_of_them()
    {
        using var campaign = new TinyCampaign(Spec);
        var results = await campaign.RunAsync();

        Assert.True(results.Campaign.Complete);
        Assert.Equal(["none", "pgd"], results.Runs[0].Cells.Select(cell => cell.Attack));
        Assert.Equal(["none", "pgd", "borrowed"], results.Runs[1].Cells.Select(cell => cell.Attack));
        var borrowed = results.Runs[1].Cells[2];
        Assert.Equal((new TransferResult("narrow", "pgd"), 8, 0, 2), (borrowed.Transfer, borrowed.Total, borrowed.Iterations, borrowed.Restarts));
        Assert.Equal(
            [new TransferResult("other", "pgd"), new TransferResult("narrow", "pgd")],
            results.Runs.Select(run => run.Checks!.Single(cell => cell.Attack == CheckAttacks.Transfer)).Select(cell => cell.Transfer!));

        // The check shows the first slice of the images that the campaign's own transfer shows.
        var check = results.Runs[1].Checks!.Single(cell => cell.Attack == CheckAttacks.Transfer);
        Assert.Equal(ImageBits.Unpack(borrowed.Course!.Withstood, 8).Take(4), ImageBits.Unpack(check.Course!.Withstood, 4));

        // Written where somebody wants them, and gone when nobody does any more.
        Assert.Equal(
            [$"{Narrow}/strict/pgd/8#0", $"{Narrow}/strict/pgd/8#1", $"{Other}/strict/pgd/8#0"],
            campaign.Journal().OfType<ImagesKept>().Select(kept => kept.Shard.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(Images(campaign));
        Assert.Equal(ResultsJson.Write(results), ResultsJson.Write(ResultsJson.Read(await File.ReadAllTextAsync(campaign.File("results.json")))));
    }

    [Fact]
    public async Task Many_pipelines_at_once_change_nothing()
    {
        using var campaign = new TinyCampaign(Spec);
        await campaign.RunAsync(job => job with { Pipeline = job.Pipeline with { Devices = ["cpu", "cpu", "cpu"], LayerGroups = 1 } });

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Spec), campaign.Results());
        Assert.Empty(Images(campaign));
    }

    [Theory]
    [InlineData(1, "nothing")]
    [InlineData(2, "deleted")]
    [InlineData(3, "damaged")]
    public async Task Stopped_with_images_on_their_way_it_comes_to_the_same_bytes_whatever_became_of_these(int kept, string fate)
    {
        using var campaign = new TinyCampaign(Spec);
        using var cancel = new CancellationTokenSource();
        await campaign.RunAsync(observer: new StopAt(cancel, kept), cancel: cancel.Token);
        Assert.NotEmpty(Images(campaign));
        foreach (var file in fate == "nothing" ? [] : Images(campaign))
        {
            await DamageAsync(file, fate);
        }

        await campaign.RunAsync();

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Spec), campaign.Results());
        Assert.Empty(Images(campaign));
        Assert.Equal(fate != "nothing", campaign.Journal().OfType<CheckpointRefused>().Any());
        Assert.Empty(campaign.Journal().OfType<WorkFailed>());

        // What was measured is not measured again.
        var shards = campaign.Journal().OfType<ShardMeasured>().Select(measured => measured.Shard).ToList();
        Assert.Equal(shards.Distinct(), shards);
    }

    [Fact]
    public async Task Whose_images_are_never_made_says_so_and_is_measured_another_time()
    {
        using var campaign = new TinyCampaign(Spec);
        var results = await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { MaxRetries = 0 } },
            layerGroup: TappedGroup.Each((plan, message) =>
            {
                if (plan.Network.Name == "narrow" && message is PassRequest)
                {
                    throw new InvalidOperationException("the device fell over");
                }
            }));

        Assert.False(results.Campaign.Complete);
        Assert.Equal([("borrowed", true), (CheckAttacks.Transfer, true)], results.Runs[1].Missing.Select(cell => (cell.Attack, cell.Errored)));
        var failure = campaign.Journal().OfType<WorkFailed>().Last();
        Assert.Equal(new WorkFailed(Other, $"images of {Narrow}", 1, $"{Narrow} has not made the images that {Other} is to be shown: its own work was given up", GaveUp: true), failure);

        await campaign.RunAsync();
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Spec), campaign.Results());
    }

    [Fact]
    public void Cells_show_only_what_is_an_image_and_never_a_networks_own()
    {
        var protocols = new[] { ProtocolSpec.Strict, ProtocolSpec.AsPublished, ProtocolSpec.Strict with { Name = "trains", Domain = AttackDomain.EncodedTrain } };
        var campaign = Spec with { Protocols = protocols, Networks = [.. Spec.Networks, Spec.Networks[0] with { Name = "third" }], Epsilons = [0, 4, 8] };
        var shown = CampaignPlan.Runs(campaign).SelectMany(run => CampaignPlan.Cells(campaign, run)).Where(cell => cell.Source is not null).ToList();

        Assert.All(shown, cell => Assert.Equal("strict", cell.Protocol.Name));
        Assert.Equal(["other", "third"], shown.Where(cell => cell.Attack.Name == "borrowed").Select(cell => cell.Run.Network.Name).Distinct());
        Assert.Equal(
            ["narrow < other 4", "narrow < other 8", "other < third 4", "other < third 8", "third < narrow 4", "third < narrow 8"],
            shown.Where(cell => cell.Attack.Name == CheckAttacks.Transfer).Select(cell => FormattableString.Invariant($"{cell.Run.Network.Name} < {cell.Attack.From} {cell.Epsilon}")));
        Assert.All(shown, cell => Assert.Contains(CampaignPlan.Runs(campaign).SelectMany(run => CampaignPlan.Cells(campaign, run)), source => source.Id == cell.Source!.Value.Cell));
        Assert.Empty(CheckAttacks.Transfers(campaign with { Networks = [campaign.Networks[0]] }, campaign.Networks[0]));
        Assert.Empty(CheckAttacks.Transfers(campaign with { Attacks = [] }, campaign.Networks[0]));
        Assert.Empty(CheckAttacks.Transfers(campaign with { Checks = 0 }, campaign.Networks[0]));
    }

    private static string[] Images(TinyCampaign campaign) =>
        Directory.Exists(campaign.File("checkpoints")) ? Directory.GetFiles(campaign.File("checkpoints"), "images.bytes", SearchOption.AllDirectories) : [];

    private static async Task DamageAsync(string file, string fate)
    {
        if (fate == "deleted")
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
            return;
        }

        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
    }

    /// <summary>Stops a campaign at a slice whose images were kept.</summary>
    private sealed class StopAt(CancellationTokenSource cancel, int kept) : ICampaignObserver
    {
        private int _left = kept;

        public void OnProgress(ProgressUpdate update)
        {
        }

        public void OnFact(ICampaignFact fact, bool recovered)
        {
            if (fact is ImagesKept && !recovered && --_left == 0)
            {
                cancel.Cancel();
            }
        }
    }
}
