using Akka.Actor;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// Owns one layer group: takes frames from its neighbours, lets the group compute, passes on what comes out. It adds
/// mail and back-pressure and nothing numeric. A pass begins with a <see cref="PassRequest"/>, which travels along the
/// pipeline ahead of the frames, and ends with a <see cref="GradientReport"/> to the pipeline. Any failure is left to
/// the pipeline, which has every group replaced.
/// </summary>
public sealed class LayerGroupActor : ReceiveActor
{
    private readonly LayerGroupPlan _plan;
    private readonly Dictionary<PassId, LayerGroupPass> _passes = [];
    private LayerGroup? _group;
    private IDisposable? _trainedStatistics;
    private IActorRef _next = ActorRefs.Nobody;
    private FrameLink? _toNext;
    private FrameLink? _toPrevious;

    public LayerGroupActor(LayerGroupPlan plan)
    {
        _plan = plan;
        Receive<Neighbours>(OnNeighbours);
        Receive<PrepareLayerGroup>(OnPrepare);
        Receive<PassRequest>(OnPassRequest);
        Receive<SpikeFrame>(OnSpikeFrame);
        Receive<GradientFrame>(OnGradientFrame);
        Receive<FrameTaken>(taken => (taken.Direction == Direction.Forward ? _toNext : _toPrevious)!.OnTaken());
        Receive<SetStatisticsAside>(OnSetStatisticsAside);
        Receive<TakeStatisticsBack>(OnTakeStatisticsBack);
        Receive<WriteCheckpoint>(OnWriteCheckpoint);
    }

    /// <summary>Who sits before and after a layer group; at either end it is the pipeline. Local to the process.</summary>
    internal sealed record Neighbours(IActorRef Previous, IActorRef Next) : INoSerializationVerificationNeeded;

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

        _toNext?.Dispose();
        _toPrevious?.Dispose();
        _trainedStatistics?.Dispose();
        _group?.Dispose();
    }

    private void OnNeighbours(Neighbours neighbours)
    {
        _next = neighbours.Next;
        _toNext = new FrameLink(neighbours.Next, _plan.Pipeline.FramesInFlight);
        _toPrevious = new FrameLink(neighbours.Previous, _plan.Pipeline.FramesInFlight);
    }

    private void OnPrepare(PrepareLayerGroup prepare)
    {
        if (prepare.Checkpoint is { } checkpoint)
        {
            Checkpoint.Load(_group!, checkpoint, _plan.OutputFolder);
        }
        else if (_plan.Network.Weights is { } weights)
        {
            Weights.Load(_group!, weights);
        }

        Sender.Tell(new LayerGroupReady(_plan.Index));
    }

    private void OnPassRequest(PassRequest request)
    {
        _passes.Add(request.Id, _group!.Begin(request));
        _next.Tell(request);
    }

    private void OnSpikeFrame(SpikeFrame frame)
    {
        Sender.Tell(new FrameTaken(frame.Pass, Direction.Forward));
        var pass = PassOf(frame);
        foreach (var output in pass.Forward(new Frame(frame.Time, frame.Content.Take())))
        {
            _toNext!.Send(new SpikeFrame(frame.Pass, output.Time, new TensorLease(output.Values_WN)));
        }

        CompleteIfDone(pass);
    }

    private void OnGradientFrame(GradientFrame frame)
    {
        Sender.Tell(new FrameTaken(frame.Pass, Direction.Backward));
        var pass = PassOf(frame);
        foreach (var output in pass.Backward(new Frame(frame.Time, frame.Content.Take())))
        {
            _toPrevious!.Send(new GradientFrame(frame.Pass, output.Time, new TensorLease(output.Values_WN)));
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
                Context.Parent.Tell(new GradientReport(pass.Request.Id, _plan.Index, pass.Complete()));
            }
        }
    }

    private void OnSetStatisticsAside(SetStatisticsAside aside)
    {
        _trainedStatistics = _group!.SetStatisticsAside();
        if (aside.From is { } statistics)
        {
            Checkpoint.LoadStatistics(_group, statistics, _plan.OutputFolder);
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
}
