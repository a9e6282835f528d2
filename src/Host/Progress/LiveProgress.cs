using Spectre.Console;
using Spectre.Console.Rendering;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Progress;

/// <summary>
/// Progress on a terminal: a bar for the campaign, a line for each pipeline (its run, what it is at, accuracy, sparsity, devices, frames a second)
/// and for each cell that is being measured; facts scroll by above them.
/// </summary>
internal sealed class LiveProgress(IAnsiConsole console, TimeProvider time) : IProgressDisplay
{
    private const int BarWidth = 24;

    // A screen has some forty lines, and the last cells are not of interest before the first.
    private const int MostCells = 16;

    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(200);

    private readonly PaceMeter _pace = new(time);
    private ProgressUpdate? _update;
    private Pace _now;
    private Notice.Overview? _overview;

    public Task ShowAsync(IAsyncEnumerable<Notice> notices) =>
        console.Live(new Text("starting")).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(context => ShowAsync(notices, context));

    private async Task ShowAsync(IAsyncEnumerable<Notice> notices, LiveDisplayContext context)
    {
        long? drawn = null;
        await foreach (var notice in notices)
        {
            switch (notice)
            {
                case Notice.Line line:
                    console.WriteLine(line.Text);
                    break;

                case Notice.Overview overview:
                    _overview = overview;
                    break;

                case Notice.Work { Update: var update }:
                    (_update, _now) = (update, _pace.Observe(update.CampaignDone, update.CampaignTotal));
                    break;
            }

            // Passes may be done faster than anybody can read, or a terminal write.
            if (drawn is null || time.GetElapsedTime(drawn.Value) >= RedrawInterval)
            {
                context.UpdateTarget(Picture());
                drawn = time.GetTimestamp();
            }
        }
    }

    private Rows Picture()
    {
        var parts = new List<IRenderable>();
        if (_update is { } update)
        {
            parts.Add(Bar("campaign", update.CampaignDone, update.CampaignTotal, [ProgressText.PaceOf(_now)]));
            parts.Add(Bar($"{update.Run} {update.Activity}", update.ActivityDone, update.ActivityTotal, ProgressText.Readings(update)));
        }

        if (_overview is { } overview)
        {
            parts.AddRange(Pipelines(overview.Details.Pipelines));
            parts.AddRange(Cells(overview));
        }

        return new Rows(parts);
    }

    private static Markup Bar(string what, long done, long total, IEnumerable<string> readings)
    {
        var share = ProgressText.Share(done, total);
        var filled = (int)(share * BarWidth);
        var words = string.Join(", ", [what, .. readings]);
        return new Markup($"[blue]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {Numbers.PercentSign(share)}  {Markup.Escape(words)}");
    }

    private static IEnumerable<Table> Pipelines(IReadOnlyList<PipelineStatus> pipelines)
    {
        if (pipelines.Count == 0)
        {
            yield break;
        }

        var table = Table("run", "at", ">done %", ">accuracy %", ">input zeros %", ">spike zeros %", ">gradient zeros %", "devices", ">frames/s");
        foreach (var pipeline in pipelines)
        {
            table.AddRow(
                Text(pipeline.Run.Value),
                Text(pipeline.Work ?? "waiting"),
                Text(Numbers.Percent(pipeline.Progress is { } progress ? ProgressText.Share(progress.Done, progress.Total) : null)),
                Text(Numbers.Percent(pipeline.Progress?.Accuracy)),
                Text(Numbers.Percent(pipeline.Progress?.ZeroFraction)),
                Text(Numbers.Percent(pipeline.Groups.Average(group => group.SpikeZeros))),
                Text(Numbers.Percent(pipeline.Groups.Average(group => group.GradientZeros))),
                Text(ProgressText.DevicesOf(pipeline.Groups)),
                Text(ProgressText.FramesOf(pipeline.Groups)));
        }

        yield return table;
    }

    /// <summary>The cells that are begun, of runs that are at work, as far as they are measured.</summary>
    private static IEnumerable<Table> Cells(Notice.Overview overview)
    {
        var atWork = overview.Details.Pipelines.Select(pipeline => pipeline.Run).ToHashSet();
        var begun = overview.Cells.Where(cell => cell.Measured > 0 && atWork.Contains(cell.Run)).Take(MostCells).ToList();
        if (begun.Count == 0)
        {
            yield break;
        }

        var table = Table("run", "cell", ">accuracy %", ">input zeros %", ">images");
        foreach (var cell in begun)
        {
            table.AddRow(
                Text(cell.Run.Value),
                Text($"{cell.Protocol} {cell.Attack} eps {Numbers.Epsilon(cell.Epsilon)}"),
                Text(Numbers.Percent((double)cell.Correct / cell.Measured)),
                Text(Numbers.Percent(cell.ZeroFraction)),
                Text($"{Numbers.Count(cell.Measured)}/{Numbers.Count(cell.Images)}"));
        }

        yield return table;
    }

    /// <summary>A table without lines; a title that begins with <c>&gt;</c> is a column of numbers.</summary>
    private static Table Table(params string[] titles)
    {
        var table = new Table().NoBorder();
        foreach (var title in titles)
        {
            var column = new TableColumn($"[grey]{title.TrimStart('>')}[/]");
            table.AddColumn(title.StartsWith('>') ? column.RightAligned() : column);
        }

        return table;
    }

    private static Text Text(string words) => new(words);
}
