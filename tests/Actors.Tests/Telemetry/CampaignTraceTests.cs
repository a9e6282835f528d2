using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Actors.Tests.Campaigns;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Tests.Telemetry;

public sealed class CampaignTraceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<Activity> _started = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics;

    public CampaignTraceTests()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = _started.Enqueue,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: Instruments.Name, Name: "spiketrail.failures" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _metrics.SetMeasurementEventCallback<long>((_, _, tags, _) => _failures.Enqueue((string)tags[0].Value!));
        _metrics.Start();
    }

    [Fact]
    public async Task A_campaign_s_spans_are_its_runs_their_work_and_the_passes_of_that()
    {
        using var campaign = new TinyCampaign();

        Assert.True((await campaign.RunAsync()).Campaign.Complete);

        var whole = Assert.Single(Ended("campaign"));
        var run = Assert.Single(Ended("run"));
        var (work, passes) = (Ended("work"), Ended("pass"));
        Assert.Equal(default, whole.ParentSpanId);
        Assert.Equal(whole.SpanId, run.ParentSpanId);
        Assert.All(work, piece => Assert.Equal(run.SpanId, piece.ParentSpanId));
        Assert.Equal(["epoch 1", "epoch 2"], work.Take(2).Select(WorkOf));
        Assert.Equal(4, work.Count);
        Assert.All(work, piece => Assert.Contains(passes, pass => pass.ParentSpanId == piece.SpanId));
        Assert.All(passes, pass => Assert.Contains(work, piece => piece.SpanId == pass.ParentSpanId));
        Assert.All(_ended, span => Assert.Equal(whole.TraceId, span.TraceId));
        Assert.DoesNotContain(_ended, span => span.Status == ActivityStatusCode.Error);
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task A_run_s_span_ends_with_its_last_work()
    {
        using var campaign = new TinyCampaign(TinyCampaign.Spec with { Seeds = [7, 8], Samples = 1 });

        await campaign.RunAsync();

        var runs = Ended("run");
        var ofFirst = Ended("work").Where(piece => piece.ParentSpanId == runs[0].SpanId).ToList();
        Assert.Equal(["epoch 1", "epoch 2"], ofFirst.Take(2).Select(WorkOf));
        Assert.Equal("samples", WorkOf(ofFirst[^1]));
        Assert.Equal([runs[0], runs[1]], _ended.Where(span => span.OperationName is "run"));
        Assert.True(_ended.ToList().IndexOf(runs[0]) < _ended.ToList().IndexOf(Ended("work")[^1]), "the first run's span ends before the second's work");
    }

    [Fact]
    public async Task Work_that_fails_ends_as_an_error_and_is_counted()
    {
        using var campaign = new TinyCampaign();

        await campaign.RunAsync(layerGroup: Once(17, () => throw new InvalidOperationException("the device fell over")));

        AllHaveEnded();
        Assert.EndsWith("strict#0", Assert.Single(Ended("work"), span => span.Status == ActivityStatusCode.Error).GetTagItem("spiketrail.work") as string, StringComparison.Ordinal);
        Assert.Equal(["failed"], _failures);
    }

    [Fact]
    public async Task Work_that_is_stopped_ends_and_is_no_error()
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();

        await campaign.RunAsync(layerGroup: Once(3, cancel.Cancel), cancel: cancel.Token);

        AllHaveEnded();
        Assert.Equal("epoch 1", WorkOf(Assert.Single(Ended("work"))));
        Assert.DoesNotContain(_ended, span => span.Status == ActivityStatusCode.Error);
    }

    [Fact]
    public async Task Work_that_is_moved_ends_and_begins_again()
    {
        using var campaign = new TinyCampaign();
        var mover = new Mover();

        await campaign.RunAsync(observer: mover, layerGroup: Once(3, mover.Wait));

        Assert.IsType<RequestDone>(mover.Answer);
        AllHaveEnded();
        Assert.Equal(["epoch 1", "epoch 1", "epoch 2"], Ended("work").Take(3).Select(WorkOf));
        Assert.DoesNotContain(_ended, span => span.Status == ActivityStatusCode.Error);
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Work_whose_supervisor_ends_in_the_midst_of_it_ends_as_an_error()
    {
        using var campaign = new TinyCampaign();

        await Assert.ThrowsAsync<StorageException>(() => campaign.RunAsync(layerGroup: Once(3, () => throw new StorageException("the disk is full"))));

        AllHaveEnded();
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(Ended("work")).Status);
    }

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    /// <summary>The ended spans of one kind, in the order in which they began.</summary>
    private List<Activity> Ended(string kind) => [.. _ended.Where(span => span.OperationName == kind).OrderBy(span => span.StartTimeUtc)];

    /// <summary>But for passes: one that is broken off with its pipeline is no pass.</summary>
    private void AllHaveEnded() => Assert.Empty(_started.Where(span => span.OperationName != "pass").Except(_ended).Select(span => span.DisplayName));

    private static string WorkOf(Activity piece) => (string)piece.GetTagItem("spiketrail.work")!;

    /// <summary>Something happens as the last layer group hears of one of the campaign's passes, numbered from 0, once.</summary>
    private static Func<LayerGroupPlan, Props> Once(int pass, Action happens)
    {
        var happened = 0;
        return TappedGroup.Each((plan, message) =>
        {
            if (plan.Index == 1 && message is PassRequest request && request.Id.Value == pass && Interlocked.Exchange(ref happened, 1) == 0)
            {
                happens();
            }
        });
    }

    /// <summary>Moves the first pipeline to where it is, once something is done.</summary>
    private sealed class Mover : ICampaignObserver
    {
        private readonly ManualResetEventSlim _moved = new();
        private IActorRef _campaign = ActorRefs.Nobody;
        private int _asked;

        /// <summary>What the supervisor said to it.</summary>
        public object? Answer { get; private set; }

        public void Wait() => Assert.True(_moved.Wait(Patience));

        public void OnStart(IActorRef campaign) => _campaign = campaign;

        public void OnProgress(ProgressUpdate update)
        {
            if (Interlocked.Exchange(ref _asked, 1) == 0)
            {
                _ = MoveAsync();
            }
        }

        public void OnFact(ICampaignFact fact, bool recovered)
        {
        }

        private async Task MoveAsync()
        {
            var details = await _campaign.Ask<CampaignDetails>(new ShowCampaign(CampaignRunner.LoneCampaign), Patience);
            do
            {
                // Refused until its layer groups have told where they are, which takes them up to two seconds.
                Answer = await _campaign.Ask<object>(new MovePipeline(details.Pipelines[0].Pipeline, Group: null, new DeviceId(WorkerPlan.LocalNode, "cpu")), Patience);
                await Task.Delay(20);
            }
            while (Answer is RequestRefused { Reason: var reason } && reason.Contains("ask again", StringComparison.Ordinal));

            _moved.Set();
        }
    }
}
