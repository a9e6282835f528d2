using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>The second of three layer groups, with a probe in place of each neighbour and of the pipeline.</summary>
public sealed class FrameTests : PipelineTest
{
    private const int TimeSteps = 6;
    private const int InFlight = 2;

    private static readonly long[] InputShape = [1, 2, 4, 3, 3];
    private static readonly PassRequest Attack = PassRequest.AdversarialStep(new PassId(1), TimeSteps, probes: true);
    private static readonly PassRequest Training = PassRequest.Training(new PassId(1), TimeSteps, 1e-3);

    private readonly TestProbe _pipeline;
    private readonly TestProbe _previous;
    private readonly TestProbe _next;
    private readonly List<int> _received = [];
    private IActorRef _group = ActorRefs.Nobody;
    private long[] _outputShape = [];

    public FrameTests() => (_pipeline, _previous, _next) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var context = TinyRun.Context(Folder, groups: 3);
        context = context with { Pipeline = context.Pipeline with { FramesInFlight = InFlight } };
        _group = await StartAsync(_pipeline, LayerGroupActor.Props(context.Group(1)));
        _pipeline.IgnoreMessages(message => message is LayerGroupStatus);
        _group.Tell(new ConnectLayerGroup(PathOf(_pipeline), PathOf(_previous), PathOf(_next)));
    }

    [Fact]
    public async Task On_frozen_statistics_a_frame_goes_on_before_the_next_one_comes_in()
    {
        Begin(Attack);
        await _next.ExpectMsgAsync(Attack);
        for (var t = 0; t < TimeSteps; t++)
        {
            SendForward(t);
            await _previous.ExpectMsgAsync(new FrameTaken(Attack.Id, Direction.Forward));
            await ExpectFrameAsync<SpikeFrame>(_next, t);
        }
    }

    [Fact]
    public async Task On_batch_statistics_no_frame_goes_on_before_all_are_in()
    {
        Begin(Training);
        await _next.ExpectMsgAsync(Training);
        for (var t = 0; t < TimeSteps - 1; t++)
        {
            SendForward(t);
        }

        await AllIsDoneAsync();
        Assert.False(_next.HasMessages);
        SendForward(TimeSteps - 1);
        for (var t = 0; t < TimeSteps; t++)
        {
            await ExpectFrameAsync<SpikeFrame>(_next, t);
        }
    }

    [Fact]
    public async Task Gradients_go_back_last_step_first_and_the_report_comes_after_them()
    {
        Begin(Attack);
        await PassForwardAsync();
        for (var t = TimeSteps - 1; t >= 0; t--)
        {
            SendBackward(t);
            await _next.ExpectMsgAsync(new FrameTaken(Attack.Id, Direction.Backward));
            await ExpectFrameAsync<GradientFrame>(_previous, t);
        }

        var report = await _pipeline.ExpectMsgAsync<GradientReport>();
        Assert.Equal((Attack.Id, 1), (report.Pass, report.Group));
        Assert.NotEmpty(report.Probes.Operations);
    }

    [Fact]
    public async Task A_neighbour_that_takes_nothing_holds_back_all_but_the_frames_in_flight()
    {
        Begin(Attack);
        await _next.ExpectMsgAsync(Attack);
        for (var t = 0; t < TimeSteps; t++)
        {
            SendForward(t);
        }

        for (var expected = InFlight; expected <= TimeSteps; expected++)
        {
            await AllIsDoneAsync();
            while (_next.HasMessages)
            {
                Received(await _next.ExpectMsgAsync<SpikeFrame>());
            }

            Assert.Equal(Enumerable.Range(0, expected), _received);
            _group.Tell(new FrameTaken(Attack.Id, Direction.Forward), _next.Ref);
        }
    }

    [Fact]
    public async Task Gradients_too_are_held_back()
    {
        Begin(Attack);
        await PassForwardAsync();
        for (var t = TimeSteps - 1; t >= 0; t--)
        {
            SendBackward(t);
        }

        await AllIsDoneAsync();
        Assert.Equal(InFlight, GradientsWaitingAt(_previous).Count);
        _group.Tell(new FrameTaken(Attack.Id, Direction.Backward), _previous.Ref);
        await AllIsDoneAsync();
        Assert.Single(GradientsWaitingAt(_previous));
    }

    private void Received(SpikeFrame frame)
    {
        frame.Content.Dispose();
        _received.Add(frame.Time.Start);
    }

    private static List<GradientFrame> GradientsWaitingAt(TestProbe probe)
    {
        var frames = new List<GradientFrame>();
        while (probe.HasMessages)
        {
            if (probe.ExpectMsg<object>() is GradientFrame frame)
            {
                frame.Content.Dispose();
                frames.Add(frame);
            }
        }

        return frames;
    }

    private void Begin(PassRequest request) => _group.Tell(request, _previous.Ref);

    private void SendForward(int t) =>
        _group.Tell(new SpikeFrame(new PassId(1), new TimeRange(t, 1), Content(InputShape)), _previous.Ref);

    private void SendBackward(int t) =>
        _group.Tell(new GradientFrame(new PassId(1), new TimeRange(t, 1), Content(_outputShape)), _next.Ref);

    private async Task PassForwardAsync()
    {
        await _next.ExpectMsgAsync(Attack);
        for (var t = 0; t < TimeSteps; t++)
        {
            SendForward(t);
            await ExpectFrameAsync<SpikeFrame>(_next, t);
            await _previous.ExpectMsgAsync(new FrameTaken(Attack.Id, Direction.Forward));
        }
    }

    /// <summary>A frame of one time step; it is acknowledged.</summary>
    private async Task ExpectFrameAsync<TFrame>(TestProbe probe, int t)
        where TFrame : IFrame
    {
        var frame = await probe.ExpectMsgAsync<TFrame>();
        Assert.Equal((new PassId(1), new TimeRange(t, 1)), (frame.Pass, frame.Time));
        using (var tensor = frame.Content.Take())
        {
            _outputShape = frame is SpikeFrame ? tensor.shape : _outputShape;
        }

        _group.Tell(new FrameTaken(frame.Pass, frame is SpikeFrame ? Direction.Forward : Direction.Backward), probe.Ref);
    }

    /// <summary>Waits until the group has handled whatever was sent to it: it answers in order.</summary>
    private Task AllIsDoneAsync() => _group.Ask<LayerGroupReady>(new PrepareLayerGroup(null), Patience);

    private static TensorLease Content(long[] shape) => new(ones(shape));
}

/// <summary>A whole pipeline, looked at from its layer groups' doors.</summary>
public sealed class PipelineFramesTests : PipelineTest
{
    [Fact]
    public async Task Every_group_gets_a_frame_a_step_ascending_and_a_gradient_a_step_descending()
    {
        var seen = new ConcurrentQueue<(int Group, IFrame Frame)>();
        var supervisor = CreateTestProbe();
        var context = TinyRun.Context(Folder, groups: 3, trainingImages: 8, testImages: 4);
        var pipeline = await StartAsync(supervisor, context, TappedGroup.Each((plan, message) =>
        {
            if (message is IFrame frame)
            {
                seen.Enqueue((plan.Index, frame));
            }
        }));

        await DoAsync<SliceMeasured>(supervisor, pipeline, TinyRun.Slices(context).First());
        await DoAsync<EpochTrained>(supervisor, pipeline, new TrainEpoch(1, From: null));

        int[] up = [.. Enumerable.Range(0, TinyRun.TimeSteps)];
        int[] down = [.. up.Reverse()];
        for (var group = 0; group < 3; group++)
        {
            var frames = seen.Where(arrival => arrival.Group == group).Select(arrival => arrival.Frame).ToList();
            Assert.All(frames, frame => Assert.Equal(1, frame.Time.Count));

            // A shard of one batch, an epoch of one batch, and the test of one batch.
            Assert.Equal([.. up, .. up, .. up], frames.OfType<SpikeFrame>().Select(frame => frame.Time.Start));
            Assert.Equal([.. down, .. down], frames.OfType<GradientFrame>().Select(frame => frame.Time.Start));
        }
    }

    [Fact]
    public async Task The_pipeline_itself_sends_no_more_than_the_frames_in_flight()
    {
        var first = CreateTestProbe();
        var supervisor = CreateTestProbe();
        var context = TinyRun.Context(Folder, groups: 1);
        context = context with { Pipeline = context.Pipeline with { FramesInFlight = 3 } };
        var pipeline = await StartAsync(supervisor, context, _ => Props.Create(() => new Relay(first.Ref)));
        first.IgnoreMessages(message => message is ConnectLayerGroup or PassRequest);
        await first.ExpectMsgAsync<PrepareLayerGroup>();
        pipeline.Tell(new LayerGroupReady(0));
        pipeline.Tell(TinyRun.Slices(context).First());

        await FreeFramesAsync(first, 0, 1, 2);
        await pipeline.Ask<ActorIdentity>(new Identify(null), Patience);
        Assert.False(first.HasMessages);
        pipeline.Tell(new FrameTaken(new PassId(0), Direction.Forward), first.Ref);
        await FreeFramesAsync(first, 3);
    }

    private static async Task FreeFramesAsync(TestProbe probe, params int[] times)
    {
        foreach (var t in times)
        {
            var frame = await probe.ExpectMsgAsync<SpikeFrame>();
            Assert.Equal(t, frame.Time.Start);
            frame.Content.Dispose();
        }
    }

    private sealed class Relay : ReceiveActor
    {
        public Relay(IActorRef to) => ReceiveAny(to.Forward);
    }
}
