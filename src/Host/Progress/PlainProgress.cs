using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Progress;

/// <summary>Progress for a file or a pipe: facts as they come, how far it is every few seconds.</summary>
internal sealed class PlainProgress(TextWriter output, TimeProvider time) : IProgressDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public async Task ShowAsync(IAsyncEnumerable<Notice> notices)
    {
        var pace = new PaceMeter(time);
        IReadOnlyList<PipelineStatus> pipelines = [];
        long? lastShown = null;
        await foreach (var notice in notices)
        {
            switch (notice)
            {
                case Notice.Line line:
                    await output.WriteLineAsync(line.Text);
                    break;

                case Notice.Overview overview:
                    pipelines = overview.Details.Pipelines;
                    break;

                case Notice.Work work:
                    var now = pace.Observe(work.Update.CampaignDone, work.Update.CampaignTotal);
                    // The first update has no pace yet: it only starts the clock.
                    lastShown ??= time.GetTimestamp();
                    if (time.GetElapsedTime(lastShown.Value) >= Interval)
                    {
                        await output.WriteLineAsync(ProgressText.Line(work.Update, now, pipelines));
                        lastShown = time.GetTimestamp();
                    }

                    break;
            }
        }
    }
}
