using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>
/// The least that can stand in a pipeline's place: connects layer groups, wherever they are, and runs one pass after another
/// through them. It answers with itself when the groups are ready and with the pass when that is done.
/// </summary>
internal sealed class Ring : ReceiveActor
{
    private readonly IReadOnlyList<IActorRef> _groups;
    private readonly FrameExchange _frames;
    private readonly PipelineShape _shape;
    private IActorRef _client = ActorRefs.Nobody;
    private PassRun? _run;
    private BatchPass? _pass;
    private long _passes;
    private int _ready;

    public Ring(IReadOnlyList<IActorRef> groups, PipelineShape shape)
    {
        (_groups, _shape) = (groups, shape);
        _frames = new FrameExchange(spikesTo: groups[0], gradientsTo: groups[^1], shape.FramesInFlight, Context.System);
        Receive<Connect>(_ => Start());
        Receive<LayerGroupReady>(_ =>
        {
            if (++_ready == groups.Count)
            {
                _client.Tell(Self);
            }
        });
        Receive<LayerGroupStatus>(_ => { });
        Receive<PassRequest>(_ => { });
        Receive<FrameTaken>(_frames.OnTaken);
        Receive<BatchPass>(Begin);
        Receive<IFrame>(frame => OnFrame(FrameExchange.Receive(frame, Sender)));
        Receive<FrameChunk>(chunk =>
        {
            if (_frames.Receive(chunk, Sender) is { } frame)
            {
                OnFrame(frame);
            }
        });
        Receive<GradientReport>(report =>
        {
            _run!.OnReport(report);
            GoOn();
        });
    }

    public static Props Props(IReadOnlyList<IActorRef> groups, int window) =>
        Akka.Actor.Props.Create(() => new Ring(groups, new PipelineShape(window, 4)));

    protected override void PostStop()
    {
        _run?.Dispose();
        _frames.Dispose();
    }

    private void Start()
    {
        _client = Sender;
        for (var index = 0; index < _groups.Count; index++)
        {
            var previous = index == 0 ? Self : _groups[index - 1];
            var next = index == _groups.Count - 1 ? Self : _groups[index + 1];
            _groups[index].Tell(new ConnectLayerGroup(PathOf(Self), PathOf(previous), PathOf(next)));
            _groups[index].Tell(new PrepareLayerGroup(null));
        }
    }

    private void Begin(BatchPass pass)
    {
        (_client, _pass) = (Sender, pass);
        _run = new PassRun(pass, pass.Request with { Id = new PassId(_passes++) }, _shape.Window, _groups.Count);
        _run.Begin(_groups[0], _frames);
    }

    private void OnFrame(IFrame frame)
    {
        if (frame.Direction == Direction.Forward)
        {
            _run!.OnOutput(frame, _frames);
        }
        else
        {
            _run!.OnInputGradient(frame);
        }

        GoOn();
    }

    private void GoOn()
    {
        if (_run!.IsDone)
        {
            _run.Complete();
            _run.Dispose();
            _run = null;
            _client.Tell(_pass);
        }
    }

    private static string PathOf(IActorRef actor) => Akka.Serialization.Serialization.SerializedActorPath(actor);

    /// <summary>How frames flow.</summary>
    public sealed record PipelineShape(int Window, int FramesInFlight);

    public sealed record Connect : INoSerializationVerificationNeeded;
}
