using System.Collections.Concurrent;
using System.Diagnostics;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Actors.Tests.Campaigns;

namespace SpikeTrail.Actors.Tests.Telemetry;

public sealed class CampaignTraceTests
{
    [Fact]
    public async Task A_campaign_s_spans_are_its_runs_their_work_and_the_passes_of_that()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var campaign = new TinyCampaign();

        Assert.True((await campaign.RunAsync()).Campaign.Complete);

        var whole = Assert.Single(ended, span => span.OperationName == "campaign");
        var run = Assert.Single(ended, span => span.OperationName == "run");
        var work = ended.Where(span => span.OperationName == "work").OrderBy(span => span.StartTimeUtc).ToList();
        var passes = ended.Where(span => span.OperationName == "pass").ToList();
        Assert.Equal(default, whole.ParentSpanId);
        Assert.Equal(whole.SpanId, run.ParentSpanId);
        Assert.All(work, piece => Assert.Equal(run.SpanId, piece.ParentSpanId));
        Assert.Equal(["epoch 1", "epoch 2"], work.Take(2).Select(piece => piece.GetTagItem("spiketrail.work")));
        Assert.Equal(4, work.Count);
        Assert.All(work, piece => Assert.Contains(passes, pass => pass.ParentSpanId == piece.SpanId));
        Assert.All(passes, pass => Assert.Contains(work, piece => piece.SpanId == pass.ParentSpanId));
        Assert.All(ended, span => Assert.Equal(whole.TraceId, span.TraceId));
        Assert.DoesNotContain(ended, span => span.Status == ActivityStatusCode.Error);
    }
}
