using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Progress;

public sealed class PlainProgressTests
{
    private static readonly RunId Run = new("sew-resnet18/fashion-mnist/3407");

    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public async Task A_line_gives_share_activity_pace_time_left_and_readings()
    {
        await ShowAsync(Ticking(seconds: 5, Work(0), Work(2_500)));

        Assert.Equal(" 12.5 %  sew-resnet18/fashion-mnist/3407 strict pgd eps 8, 500 image passes/s, 35 s left, loss 1.2346, accuracy 83.20 %, input zeros 31.25 %\n", _output.ToString());
    }

    [Fact]
    public async Task What_is_not_measured_is_not_mentioned()
    {
        await ShowAsync(Ticking(seconds: 5, Work(0), Work(2_500) with { Accuracy = null, ZeroFraction = null }));

        Assert.EndsWith("35 s left, loss 1.2346\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_updates_are_a_line_every_five_seconds()
    {
        await ShowAsync(Ticking(seconds: 0.5, [.. Enumerable.Range(0, 41).Select(i => Work(100 * i))]));

        Assert.Equal(4, _output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_fact_is_shown_at_once()
    {
        await ShowAsync(Facts("epoch 1", "epoch 2"));

        Assert.Equal("epoch 1\nepoch 2\n", _output.ToString());
    }

    [Fact]
    public async Task Work_done_before_a_resume_does_not_make_the_pace()
    {
        await ShowAsync(Ticking(seconds: 10, Work(10_000), Work(10_100)));

        Assert.Contains(", 10 image passes/s, 16 min 30 s left,", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_runs_and_how_fast_frames_flow_is_said_once_it_is_known()
    {
        var device = new DeviceId("local", "cpu");
        var groups = new[] { 120.4, 119.8 }.Select((rate, index) => new LayerGroupStatus(index, "conv1", device, 0, 0, rate, 0, 0, null, null)).ToList();
        var overview = new Notice.Overview(
            new CampaignDetails(new CampaignSummary(new("campaign"), CampaignStanding.Running, 0, 1, 0, null), [], [new PipelineStatus("campaign-1", new("campaign"), Run, null, null, groups)], []), []);

        await ShowAsync(After(overview, Ticking(seconds: 5, Work(0), Work(2_500))));

        Assert.EndsWith("input zeros 31.25 %, 240 frames/s on local/cpu\n", _output.ToString(), StringComparison.Ordinal);
    }

    private Task ShowAsync(IAsyncEnumerable<Notice> notices) => new PlainProgress(_output, _time).ShowAsync(notices);

    private static async IAsyncEnumerable<Notice> Facts(params string[] lines)
    {
        await Task.CompletedTask;
        foreach (var line in lines)
        {
            yield return new Notice.Line(line);
        }
    }

    private static async IAsyncEnumerable<Notice> After(Notice first, IAsyncEnumerable<Notice> rest)
    {
        yield return first;
        await foreach (var notice in rest)
        {
            yield return notice;
        }
    }

    private async IAsyncEnumerable<Notice> Ticking(double seconds, params IEnumerable<ProgressUpdate> updates)
    {
        await Task.CompletedTask;
        foreach (var update in updates)
        {
            yield return new Notice.Work(update);
            _time.Advance(seconds);
        }
    }

    private static ProgressUpdate Work(long done) => new(Run, "strict pgd eps 8", 100, 1_000, done, 20_000, 1.23456, 0.832, 0.3125);
}
