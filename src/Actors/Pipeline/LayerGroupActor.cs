using Akka.Actor;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// Owns one layer group: takes frames from its neighbours, lets the group compute, passes on what comes out. It adds
/// mail and back-pressure and nothing numeric. A pass begins with a <see cref="PassRequest"/>, which travels along the
/// pipeline ahead of the frames, and ends with a <see cref="GradientReport"/> to the pipeline. Its neighbours and the
/// pipeline may be in other processes. Any failure is left to the pipeline, which has every group replaced.
/// </summary>
public sealed class LayerGroupActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    private static readonly KeyValuePair<string, object?> Forwards = new("direction", "forward");
    private static readonly KeyValuePair<string, object?> Backwards = new("direction", "backward");

    private readonly LayerGroupPlan _plan;
    private readonly Dictionary<PassId, LayerGroupPass> _passes = [];
    private readonly FramePace _pace = new(Context.System.Scheduler);
    private readonly SparsitySample _sparsity;
    private LayerGroup? _group;
    private IDisposable? _trainedStatistics;
    private IActorRef _pipeline = ActorRefs.Nobody;
    private IActorRef _next = ActorRefs.Nobody;
    private FrameExchange? _frames;

    public LayerGroupActor(LayerGroupPlan plan)
    {
        (_plan, _sparsity) = (plan, new SparsitySample(plan));
        Receive<ConnectLayerGroup>(OnConnect);
        Receive<PrepareLayerGroup>(OnPrepare);
        Receive<PassRequest>(OnPassRequest);
        Receive<IFrame>(frame => OnFrame(FrameExchange.Receive(frame, Sender)));
        Receive<FrameChunk>(chunk =>
        {
            if (_frames!.Receive(chunk, Sender) is { } frame)
            {
                OnFrame(frame);
            }
        });
        Receive<FrameTaken>(taken => _frames!.OnTaken(taken));
        Receive<SetStatisticsAside>(OnSetStatisticsAside);
        Receive<TakeStatisticsBack>(OnTakeStatisticsBack);
        Receive<WriteCheckpoint>(OnWriteCheckpoint);
        Receive<TellStatus>(_ => OnTellStatus());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one: on a thread of its own, because TorchSharp's dispose scopes and libtorch's thread counts are per thread.</summary>
    public static Props Props(LayerGroupPlan plan) =>
        Akka.Actor.Props.Create(() => new LayerGroupActor(plan)).WithDispatcher("spiketrail.layer-group-dispatcher");

    /// <inheritdoc/>
    protected override void PreStart()
    {
        set_num_threads(_plan.Pipeline.ThreadsPerGroup);
        _group = _plan.Build();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var pass in _passes.Values)
        {
            pass.Dispose();
        }

        _frames?.Dispose();
        _trainedStatistics?.Dispose();
        _group?.Dispose();
    }

    private void OnConnect(ConnectLayerGroup connect)
    {
        _pipeline = Resolve(connect.Pipeline);
        _next = Resolve(connect.Next);
        _frames = new FrameExchange(spikesTo: _next, gradientsTo: Resolve(connect.Previous), _plan.Pipeline.FramesInFlight, Context.System);
        Timers.StartPeriodicTimer(nameof(TellStatus), new TellStatus(), StatusInterval);
    }

    /// <summary>The actor of a path; of one in this process a reference that leaves it nowhere, so that frames need no packing.</summary>
    private static IActorRef Resolve(string path) => ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(path);

    private void OnPrepare(PrepareLayerGroup prepare)
    {
        if (prepare.Checkpoint is { } checkpoint)
        {
            Checkpoint.Load(_group!, checkpoint, _plan.ConfigurationHash, _plan.OutputFolder);
        }
        else if (_plan.Network.Weights is { } weights)
        {
            Weights.Load(_group!, weights);
        }

        Sender.Tell(new LayerGroupReady(_plan.Index));
        _pipeline.Tell(Status(default));
    }

    private void OnPassRequest(PassRequest request)
    {
        _passes.Add(request.Id, _group!.Begin(request));
        _next.Tell(request);
    }

    private void OnFrame(IFrame frame)
    {
        _pace.Count();
        Instruments.Frames.Add(1, frame.Direction == Direction.Forward ? Forwards : Backwards);
        var pass = PassOf(frame);
        var input = new Frame(frame.Time, frame.Content.Take());
        if (frame.Direction == Direction.Backward)
        {
            _sparsity.OnGradients(input.Values_WN);
        }

        foreach (var output in frame.Direction == Direction.Forward ? pass.Forward(input) : pass.Backward(input))
        {
            if (frame.Direction == Direction.Forward)
            {
                _sparsity.OnSpikes(output.Values_WN);
            }

            var content = new TensorLease(output.Values_WN);
            _frames!.Send(frame.Direction == Direction.Forward
                ? new SpikeFrame(frame.Pass, output.Time, content)
                : new GradientFrame(frame.Pass, output.Time, content));
        }

        CompleteIfDone(pass);
    }

    private void CompleteIfDone(LayerGroupPass pass)
    {
        if (pass.IsDone)
        {
            using (pass)
            {
                _passes.Remove(pass.Request.Id);
                _pipeline.Tell(new GradientReport(pass.Request.Id, _plan.Index, pass.Complete()));
            }
        }
    }

    private void OnTellStatus()
    {
        // A group that rests says so once.
        if (_pace.Measure(_frames!.BytesSent) is { } flow)
        {
            _pipeline.Tell(Status(flow));
            _sparsity.Record();
        }

        _sparsity.Renew();
    }

    private LayerGroupStatus Status(FrameFlow flow) => new(
        _plan.Index,
        string.Join(", ", _group!.Layers),
        new DeviceId(NodeName.Of(Context.System), _plan.Device),
        _group.StateBytes,
        flow.Frames,
        flow.FramesPerSecond,
        flow.BytesSent,
        flow.BytesPerSecond,
        _sparsity.SpikeZeros,
        _sparsity.GradientZeros);

    private void OnSetStatisticsAside(SetStatisticsAside aside)
    {
        _trainedStatistics = _group!.SetStatisticsAside();
        if (aside.From is { } statistics)
        {
            Checkpoint.LoadStatistics(_group, statistics, _plan.ConfigurationHash, _plan.OutputFolder);
        }

        Sender.Tell(new LayerGroupReady(_plan.Index));
    }

    private void OnTakeStatisticsBack(TakeStatisticsBack back)
    {
        var file = Checkpoint.SaveStatistics(_group!, Path.Combine(_plan.OutputFolder, back.Folder));
        _trainedStatistics!.Dispose();
        _trainedStatistics = null;
        Sender.Tell(new CheckpointWritten(_plan.Index, file));
    }

    private void OnWriteCheckpoint(WriteCheckpoint write) =>
        Sender.Tell(new CheckpointWritten(_plan.Index, Checkpoint.Save(_group!, Path.Combine(_plan.OutputFolder, write.Folder))));

    private LayerGroupPass PassOf(IFrame frame)
    {
        if (_passes.TryGetValue(frame.Pass, out var pass))
        {
            return pass;
        }

        frame.Content.Dispose();
        throw new InvalidOperationException($"{_group}: a frame of {frame.Pass}, which was not begun here");
    }

    private sealed record TellStatus : INoSerializationVerificationNeeded;
}
