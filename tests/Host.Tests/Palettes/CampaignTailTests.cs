using Akka.Actor;
using Akka.TestKit;
using SpikeTrail.Host.Tests.Progress;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Palettes;

/// <summary>Virtual time: a follower's renewals and its patience take none.</summary>
public sealed class CampaignTailTests() : PaletteTest("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly CampaignId Demo = new("demo");

    private static readonly RunId Run = new("net/data/1");

    private readonly ManualTime _time = new();

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Facts_come_as_lines_until_the_campaign_is_complete()
    {
        await FollowAsync();
        Registry.Reply(Details(CampaignStanding.Running));
        Assert.Equal(new PaletteResponse("demo is running: 10.00 % of 1,000 image passes", Final: false), await AnswerAsync());

        Registry.Reply(new EpochTrained(Run, 3, 0.5, 0.6, 0.8125, new("checkpoint", 3, "00", [])));
        Registry.Reply(new CampaignCompleted());
        Registry.Reply(Details(CampaignStanding.Complete));

        Assert.Equal(new PaletteResponse("net/data/1 epoch 3: training loss 0.5000, test loss 0.6000, accuracy 81.25 %", Final: false), await AnswerAsync());
        Assert.Equal(new PaletteResponse("demo is complete: 10.00 % of 1,000 image passes"), await AnswerAsync());
    }

    [Theory]
    [InlineData(CampaignStanding.Incomplete)]
    [InlineData(CampaignStanding.Cancelled)]
    [InlineData(CampaignStanding.Refused)]
    public async Task A_campaign_that_ends_otherwise_is_an_error(CampaignStanding standing)
    {
        await FollowAsync();
        Registry.Reply(Details(standing));

        Assert.True(await AnswerAsync() is { Final: true, IsError: true });
    }

    [Fact]
    public async Task A_standing_is_told_once_however_often_it_is_heard()
    {
        await FollowAsync();
        Registry.Reply(Details(CampaignStanding.Running));
        Registry.Reply(Details(CampaignStanding.Running));
        Registry.Reply(Details(CampaignStanding.Paused));

        Assert.StartsWith("demo is running", (await AnswerAsync()).Text, StringComparison.Ordinal);
        Assert.StartsWith("demo is paused", (await AnswerAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_told_every_five_seconds()
    {
        await FollowAsync();
        var follower = Registry.LastSender;
        foreach (var done in Enumerable.Range(0, 11))
        {
            follower.Tell(new ProgressUpdate(Run, "epoch 1/4", done, 10, 100 * done, 10_000, 1.5, null, null));
            // The follower reads the clock when it takes the update: once it is asked who it is, it has.
            await follower.Ask<ActorIdentity>(new Identify(done));
            _time.Advance(1);
        }

        Assert.Equal("  5.0 %  net/data/1 epoch 1/4, 100 image passes/s, 1 min 35 s left, loss 1.5000", (await AnswerAsync()).Text);
        Assert.StartsWith(" 10.0 %  ", (await AnswerAsync()).Text, StringComparison.Ordinal);
        await Client.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_registry_is_asked_anew_before_it_forgets_and_whoever_answers_is_heard()
    {
        await FollowAsync();
        Registry.Reply(Details(CampaignStanding.Running));
        await AnswerAsync();

        for (var renewal = 0; renewal < 3; renewal++)
        {
            Scheduler.Advance(FollowCampaign.Lifetime / 3);
            await AskedAsync<FollowCampaign>();
        }

        var nextRegistry = CreateTestProbe();
        nextRegistry.Send(Registry.LastSender, Details(CampaignStanding.Complete));
        Assert.True((await AnswerAsync()).Final);
    }

    [Fact]
    public async Task Nothing_heard_at_all_is_told()
    {
        await FollowAsync();

        // The actor begins to wait after its question has gone: the clock may be ahead of it once.
        await AwaitAssertAsync(() =>
        {
            Scheduler.Advance(TimeSpan.FromSeconds(10));
            Assert.True(Client.HasMessages);
        });

        Assert.StartsWith("no supervisor reachable: nothing was answered in 10 s", (await AnswerAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_follower_along()
    {
        await FollowAsync();
        var follower = Registry.LastSender;
        await WatchAsync(follower);

        Sys.Stop(Client);

        await ExpectTerminatedAsync(follower);
    }

    [Fact]
    public async Task A_campaign_that_is_unknown_is_an_error()
    {
        await FollowAsync();
        Registry.Reply(new RequestRefused("there is no campaign demo"));

        Assert.Equal(new PaletteResponse("there is no campaign demo", IsError: true), await AnswerAsync());
    }

    private async Task FollowAsync()
    {
        Use(context => context with { Time = _time });
        Give("campaign tail demo");
        // The first request comes by the timer too.
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(TimeSpan.Zero);
            return Task.FromResult(Registry.HasMessages);
        });
        Assert.Equal(Demo, (await AskedAsync<FollowCampaign>()).Campaign);
    }

    private static CampaignDetails Details(CampaignStanding standing) => new(new(Demo, standing, 100, 1000, 0, null), [], [], []);
}
