using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Passes;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>Gradient frames of 64 MiB between two nodes of a cluster, both ways at once, as fast as they go.</summary>
public sealed class LargeFrameTests() : PipelineTest(OtherNode.Configuration)
{
    private const int Frames = 6;
    private const int MebibytesPerFrame = 64;

    // The cluster's own heartbeats come once a second, and may be late by ten.
    private static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task They_arrive_whole_and_no_node_becomes_unreachable_meanwhile()
    {
        await using var other = new OtherNode(Sys, Folder);
        await other.JoinAsync();
        var unreachable = new ConcurrentQueue<ClusterEvent.UnreachableMember>();
        foreach (var node in new[] { Sys, other.System })
        {
            node.ActorOf(Props.Create(() => new ReachabilityListener(unreachable)));
        }

        var done = new CountdownEvent(2 * Frames);
        var here = Sys.ActorOf(EndOfLink.Props(done));
        var there = other.SeenFromHere(other.System.ActorOf(EndOfLink.Props(done)));
        var echo = other.SeenFromHere(other.System.ActorOf(Props.Create(() => new Quiet())));
        var start = Stopwatch.GetTimestamp();
        here.Tell(new ConnectLayerGroup("", PathOf(there), PathOf(there)));
        there.Tell(new ConnectLayerGroup("", PathOf(here), PathOf(here)));

        var worst = TimeSpan.Zero;
        for (var beats = 0; !done.IsSet; beats++)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"{done.CurrentCount} of {2 * Frames} frames have not come");
            var sent = Stopwatch.GetTimestamp();
            await echo.Ask<ActorIdentity>(new Identify(beats), Patience);
            worst = Max(worst, Stopwatch.GetElapsedTime(sent));
            await Task.Delay(20);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{2 * Frames * MebibytesPerFrame / seconds:F0} MiB/s both ways together; a message between them waited {worst.TotalMilliseconds:F0} ms at worst");
        Assert.InRange(worst, TimeSpan.Zero, Tolerable);
        Assert.Empty(unreachable);
    }

    private static string PathOf(IActorRef actor) => Akka.Serialization.Serialization.SerializedActorPath(actor);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>One end: sends frames of one tensor, and compares those that come with it.</summary>
    private sealed class EndOfLink : ReceiveActor
    {
        private readonly Tensor _values = arange(MebibytesPerFrame << 18, ScalarType.Float32);
        private FrameExchange? _frames;

        public EndOfLink(CountdownEvent done)
        {
            Receive<ConnectLayerGroup>(connect =>
            {
                var neighbour = ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(connect.Next);
                _frames = new FrameExchange(neighbour, neighbour, framesInFlight: 4, Context.System);
                for (var frame = 0; frame < Frames; frame++)
                {
                    _frames.Send(new GradientFrame(default, new TimeRange(frame, 1), new TensorLease(_values.alias())));
                }
            });
            Receive<FrameTaken>(taken => _frames!.OnTaken(taken));
            Receive<FrameChunk>(chunk =>
            {
                if (_frames!.Receive(chunk, Sender) is { } frame)
                {
                    using var values = frame.Content.Take();
                    if (values.Equals(_values))
                    {
                        done.Signal();
                    }
                }
            });
        }

        public static Props Props(CountdownEvent done) =>
            Akka.Actor.Props.Create(() => new EndOfLink(done)).WithDispatcher("spiketrail.layer-group-dispatcher");

        protected override void PostStop()
        {
            _frames?.Dispose();
            _values.Dispose();
        }
    }

    private sealed class ReachabilityListener : ReceiveActor
    {
        public ReachabilityListener(ConcurrentQueue<ClusterEvent.UnreachableMember> unreachable)
        {
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember));
            Receive<ClusterEvent.UnreachableMember>(unreachable.Enqueue);
        }
    }

    private sealed class Quiet : ReceiveActor;
}
