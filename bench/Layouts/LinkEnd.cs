using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Passes;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Layouts;

/// <summary>One end of a link between two processes: sends frames as fast as they go, or takes and drops them.</summary>
internal sealed class LinkEnd : ReceiveActor
{
    private readonly IActorRef _neighbour;
    private FrameExchange _frames = null!;

    public LinkEnd(IActorRef neighbour)
    {
        _neighbour = neighbour;
        Receive<FrameChunk>(chunk => _frames.Receive(chunk, Sender)?.Content.Dispose());
        Receive<SendFrames>(Send);
    }

    /// <summary>Asks for some frames of one tensor to be sent. Answered with <see cref="FramesSent"/> when the last was taken.</summary>
    public sealed record SendFrames(int Frames, Tensor Values, bool Spikes) : INoSerializationVerificationNeeded;

    public sealed record FramesSent(long Bytes, TimeSpan Took) : INoSerializationVerificationNeeded;

    public static Props Sink() => Pinned(Akka.Actor.Props.Create(() => new LinkEnd(ActorRefs.Nobody)));

    public static Props Source(IActorRef sink) => Pinned(Akka.Actor.Props.Create(() => new LinkEnd(sink)));

    protected override void PreStart() => _frames = new FrameExchange(_neighbour, _neighbour, framesInFlight: 4, Context.System);

    protected override void PostStop() => _frames.Dispose();

    private static Props Pinned(Props props) => props.WithDispatcher("spiketrail.layer-group-dispatcher");

    private void Send(SendFrames send)
    {
        var (client, started, before) = (Sender, Stopwatch.GetTimestamp(), _frames.BytesSent);
        for (var frame = 0; frame < send.Frames; frame++)
        {
            var content = new TensorLease(send.Values.alias());
            _frames.Send(send.Spikes ? new SpikeFrame(default, new TimeRange(frame, 1), content) : new GradientFrame(default, new TimeRange(frame, 1), content));
        }

        // All frames are alike: each takes the same number of chunks.
        var bytes = _frames.BytesSent - before;
        var chunkSize = FrameSettings.Of(Context.System).ChunkSize;
        var left = send.Frames * (((bytes / send.Frames) + chunkSize - 1) / chunkSize);
        Become(() => Receive<FrameTaken>(taken =>
        {
            _frames.OnTaken(taken);
            if (--left == 0)
            {
                client.Tell(new FramesSent(bytes, Stopwatch.GetElapsedTime(started)));
                Become(() => Receive<SendFrames>(Send));
            }
        }));
    }
}
