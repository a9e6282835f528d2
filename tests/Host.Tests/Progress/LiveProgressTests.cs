using Spectre.Console;
using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Progress;

public sealed class LiveProgressTests
{
    private static readonly RunId Run = new("net/data/1");

    [Fact]
    public async Task A_terminal_shows_runs_and_cells_with_what_they_read()
    {
        var (time, output) = (new ManualTime(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        var details = new CampaignDetails(
            new CampaignSummary(new("campaign"), CampaignStanding.Running, 50, 100, 0, null),
            [],
            [
                new PipelineStatus("campaign-1", new("campaign"), Run, "epoch 3", new WorkProgress(30, 60, 2.25, 0.625, null),
                    [new LayerGroupStatus(0, "conv1", new("local", "cuda:0"), 0, 0, 123.4, 0, 0, 0.875, 0.25)]),
            ],
            []);

        await new LiveProgress(console, time).ShowAsync(Notices());

        var shown = output.ToString();
        Assert.All(
            ["epoch 1 is done", "50.00 %", "10 image passes/s, 5 s left", "net/data/1", "epoch 3", "62.50", "87.50", "25.00", "local/cuda:0", "123", "strict pgd eps 8", "75.00", "4/10"],
            words => Assert.Contains(words, shown, StringComparison.Ordinal));

        async IAsyncEnumerable<Notice> Notices()
        {
            await Task.CompletedTask;
            yield return new Notice.Work(Work(40));
            yield return new Notice.Line("epoch 1 is done");
            time.Advance(1);
            yield return new Notice.Work(Work(50));
            time.Advance(1);
            yield return new Notice.Overview(details, [new CellStatus(Run, "strict", "pgd", 8, 3, 4, 10, 0.25), new CellStatus(Run, "strict", "pgd", 16, 0, 0, 10, null)]);
        }
    }

    private static ProgressUpdate Work(long done) => new(Run, "epoch 3/4", 10, 20, done, 100, 1.5, 0.5, null);
}
