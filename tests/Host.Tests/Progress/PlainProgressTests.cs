using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;
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

    private Task ShowAsync(IAsyncEnumerable<Notice> notices) => new PlainProgress(_output, _time).ShowAsync(notices);

    private static async IAsyncEnumerable<Notice> Facts(params string[] lines)
    {
        await Task.CompletedTask;
        foreach (var line in lines)
        {
            yield return new Notice.Line(line);
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
