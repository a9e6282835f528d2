using Akka.Actor;
using SpikeTrail.Host.Live;
using SpikeTrail.Host.Tests.Progress;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Tests.Live;

public sealed class LiveFeedTests : LiveTest
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_has_all_campaigns_and_one_at_length()
    {
        var snapshot = await new LiveFeed(Source, wanted: null).TakeAsync(Cancel);

        Assert.Null(snapshot.Trouble);
        Assert.Equal(new LiveCampaign("demo", "running", 50, 100, null, null, 1, "a note"), Assert.Single(snapshot.Campaigns));
        var chosen = Assert.IsType<ChosenCampaign>(snapshot.Chosen);
        Assert.Equal([new LiveRun("net/data/1", 1, 3, 2, 8, GivenUp: false)], chosen.Runs);
        Assert.Equal([new LiveCell("net/data/1", "strict", "pgd", 8, 0.75, 0.25, 4, 10), new LiveCell("net/data/1", "strict", "pgd", 16, null, null, 0, 10)], chosen.Cells);
        var pipeline = Assert.Single(chosen.Pipelines);
        Assert.Equal(("epoch 2", 30, 60, 2.25, 0.5, null), (pipeline.Work, pipeline.Done, pipeline.Total, pipeline.Loss, pipeline.Accuracy, pipeline.Zeros));
        Assert.Equal([new LiveGroup(0, "conv1, bn1", "127.0.0.1:4053/cpu", 4096, 12.3, 0, 0.75, null)], pipeline.Groups);
        Assert.Equal(["failed: net/data/1 epoch 1, attempt 1: lost; trying again"], chosen.Failures);
        Assert.Null(chosen.Results);
    }

    [Fact]
    public async Task Rate_and_time_left_are_those_since_the_viewer_came()
    {
        var time = new ManualTime();
        var feed = new LiveFeed(Source with { Time = time }, wanted: null);
        await feed.TakeAsync(Cancel);
        time.Advance(2);
        Done = 60;

        var campaign = (await feed.TakeAsync(Cancel)).Campaigns[0];

        Assert.Equal((5, 8), (campaign.Rate, campaign.SecondsLeft));
    }

    [Fact]
    public async Task A_campaign_that_is_not_there_is_not_shown()
    {
        var snapshot = await new LiveFeed(Source, new("another")).TakeAsync(Cancel);

        Assert.Null(snapshot.Chosen);
        Assert.Single(snapshot.Campaigns);
    }

    [Fact]
    public async Task The_results_of_a_campaign_are_named_anew_when_they_change()
    {
        var feed = new LiveFeed(Source, wanted: null);
        var results = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "demo")).FullName, "results.json");
        await File.WriteAllTextAsync(results, "{}", Cancel);
        var first = (await feed.TakeAsync(Cancel)).Chosen!.Results;
        await File.WriteAllTextAsync(results, "{ }", Cancel);

        Assert.NotNull(first);
        Assert.NotEqual(first, (await feed.TakeAsync(Cancel)).Chosen!.Results);
    }

    [Fact]
    public async Task What_a_registry_refuses_is_told_beside_what_was_known()
    {
        var feed = new LiveFeed(Source, wanted: null);
        await feed.TakeAsync(Cancel);
        Answer<ListCampaigns>(() => new RequestRefused("the journal is away"));

        var snapshot = await feed.TakeAsync(Cancel);

        Assert.Equal("the journal is away", snapshot.Trouble);
        Assert.Single(snapshot.Campaigns);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_told_of()
    {
        Answer<ListCampaigns>(null);

        var snapshot = await new LiveFeed(Source with { AnswerTimeout = TimeSpan.FromMilliseconds(100) }, wanted: null).TakeAsync(Cancel);

        Assert.StartsWith("no supervisor reachable", snapshot.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaign_that_has_not_begun_is_told_of()
    {
        var notYet = new TaskCompletionSource<IActorRef>();

        var snapshot = await new LiveFeed(Source with { Campaigns = notYet.Task, AnswerTimeout = TimeSpan.FromMilliseconds(100) }, wanted: null).TakeAsync(Cancel);

        Assert.NotNull(snapshot.Trouble);
    }
}
