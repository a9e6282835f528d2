using Akka.TestKit.Xunit;
using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Progress;

public sealed class ProgressFeedTests : TestKit
{
    private static readonly RunId Run = new("net/data/1");

    private readonly ProgressFeed _feed = new() { OverviewInterval = TimeSpan.FromMilliseconds(1), AnswerTimeout = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task A_display_that_paused_gets_every_fact_and_the_latest_progress()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            foreach (var pass in Enumerable.Range(100 * epoch, 100))
            {
                _feed.OnProgress(Work(pass));
            }

            _feed.OnFact(new EpochTrained(Run, epoch, 0.5, 0.6, 0.8125, new("checkpoint", epoch, "00", [])), recovered: false);
        }

        _feed.End();
        var notices = new List<Notice>();
        await foreach (var notice in _feed.NoticesAsync())
        {
            notices.Add(notice);
        }

        Assert.Equal(["epoch 1", "epoch 2", "epoch 3"], notices.OfType<Notice.Line>().Select(line => line.Text.Split(':')[0][$"{Run} ".Length..]));
        Assert.Equal([Work(399)], notices.OfType<Notice.Work>().Select(work => work.Update));
    }

    [Fact]
    public async Task A_display_that_keeps_up_gets_all_progress()
    {
        await using var notices = _feed.NoticesAsync().GetAsyncEnumerator();
        foreach (var pass in Enumerable.Range(0, 3))
        {
            _feed.OnProgress(Work(pass));

            Assert.True(await notices.MoveNextAsync());
            Assert.Equal(new Notice.Work(Work(pass)), notices.Current);
        }
    }

    [Fact]
    public async Task The_end_is_not_kept_waiting_by_a_campaign_that_does_not_answer_any_more()
    {
        var campaign = CreateTestProbe();
        var watching = _feed.WatchAsync();
        _feed.OnStart(campaign);
        await campaign.ExpectMsgAsync<ShowCampaign>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);

        _feed.End();

        await watching.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_campaign_that_never_began_is_not_waited_for()
    {
        var watching = _feed.WatchAsync();

        _feed.End();

        await watching.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _feed.Dispose();
    }

    private static ProgressUpdate Work(long done) => new(Run, "strict pgd eps 8", 100, 1_000, done, 20_000, 1.25, null, null);
}
