using System.Text;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Serialization;
using Akka.TestKit;
using Akka.Util;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>What a node takes from those that can connect to it. Nothing it refuses costs anybody the connection.</summary>
public sealed class WireSecurityTests() : PipelineTest(OtherNode.Configuration + "akka.loglevel = DEBUG")
{
    private static int _baitsTaken;

    private HostilePeer _peer = null!;
    private TestProbe _log = null!;

    /// <summary>The probe as the peer names it.</summary>
    private IActorRef _target = null!;
    private TestProbe _probe = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_peer, _log, _probe) = (new HostilePeer(Sys.Name), CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_log, typeof(LogEvent));
        _target = _peer.System.Provider.ResolveActorRef(PathOf(_probe));
        _baitsTaken = 0;
    }

    [Fact]
    public async Task A_type_without_a_format_does_not_leave_a_node_and_costs_nobody_the_connection()
    {
        await using var other = new OtherNode(Sys, Folder);
        var received = new TaskCompletionSource<object>();
        var receiver = other.SeenFromHere(other.System.ActorOf(Props.Create(() => new Receiver(received))));

        receiver.Tell(new Bait());
        receiver.Tell(new LayerGroupReady(1));

        Assert.Equal(new LayerGroupReady(1), await received.Task.WaitAsync(Patience));
        await LogSaysAsync<Error>(typeof(Bait).FullName!);
    }

    [Theory]
    [InlineData(1, "Newtonsoft.Json")]
    [InlineData(-5, "Hyperion")]
    [InlineData(2, "protobuf by type name")]
    [InlineData(3, "remote deployment")]
    public async Task A_format_that_makes_any_type_is_not_read(int serializer, string what)
    {
        var bait = typeof(Bait).TypeQualifiedName();
        _target.Tell(new HostilePeer.Forged(serializer, bait, Encoding.UTF8.GetBytes($$"""{"$type":"{{bait}}"}""")));

        await IsRefusedAsync($"Cannot find serializer with id [{serializer}]");
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_format_of_our_own_without_such_a_message_is_refused()
    {
        _target.Tell(new HostilePeer.Forged(7301, "no-such-message/1", [1, 2, 3]));
        await IsRefusedAsync("no-such-message/1");

        _target.Tell(new HostilePeer.Forged(7302, typeof(Bait).TypeQualifiedName(), [1, 2, 3]));
        await IsRefusedAsync(nameof(Bait));
    }

    [Fact]
    public async Task An_exception_is_not_made_by_the_name_of_its_type()
    {
        _target.Tell(_peer.Genuine(16, "STF", new Status.Failure(new BaitException()), system => new MiscMessageSerializer(system)));
        await IsRefusedAsync("'STF' is no message");

        _target.Tell(_peer.Genuine(22, typeof(Recreate).TypeQualifiedName(), new Recreate(new BaitException()), system => new SystemMessageSerializer(system)));
        await IsRefusedAsync("is no system message");
    }

    [Fact]
    public async Task An_actor_is_not_ended_from_afar()
    {
        _target.Tell(PoisonPill.Instance);
        await IsRefusedAsync("'PP' is no message");

        _target.Tell(Kill.Instance);
        await IsRefusedAsync("'K' is no message");

        _target.Tell(new HostilePeer.Forged(22, typeof(Terminate).TypeQualifiedName(), []));
        await IsRefusedAsync("is no system message");
    }

    [Fact]
    public async Task An_actor_is_not_made_from_afar()
    {
        var node = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        _peer.System.ActorOf(Props.Create(() => new BaitActor()).WithDeploy(new Deploy(new RemoteScope(node))), "bait");

        await IsRefusedAsync("Cannot find serializer with id [3]");
    }

    [Fact]
    public async Task An_actor_that_nodes_do_not_know_by_name_is_not_found_by_searching()
    {
        var selection = _peer.System.ActorSelection(PathOf(_probe).Split('#')[0].Replace("system", "*", StringComparison.Ordinal));
        selection.Tell(new Identify(1));
        await LogSaysAsync<Debug>("dropping inbound actor selection");
    }

    [Fact]
    public async Task What_nodes_need_of_each_other_is_let_through()
    {
        await using var other = new OtherNode(Sys, Folder);
        var there = other.System.ActorOf(Props.Create(() => new Receiver(new TaskCompletionSource<object>())));
        var seen = other.SeenFromHere(there);

        Assert.Equal(seen, (await seen.Ask<ActorIdentity>(new Identify(7), Patience)).Subject);
        await _probe.WatchAsync(seen);
        other.System.Stop(there);
        await _probe.ExpectTerminatedAsync(seen, Patience);
    }

    public override async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>The log says why, nothing came of it, and the next message arrives on the same connection.</summary>
    private async Task IsRefusedAsync(string reason)
    {
        await LogSaysAsync<Warning>(reason);
        _target.Tell(new HostilePeer.Forged(7301, "layer-group-ready/1", MessageCodec.Encode(new LayerGroupReady(3))));
        Assert.Equal(new LayerGroupReady(3), await _probe.ExpectMsgAsync<object>());
        Assert.Equal(0, _baitsTaken);
    }

    private async Task LogSaysAsync<TEvent>(string text)
        where TEvent : LogEvent =>
        await _log.FishForMessageAsync(
            message => message is TEvent said && $"{said} {said.Cause}".Contains(text, StringComparison.Ordinal), Patience);

    public sealed class Bait
    {
        public Bait() => Interlocked.Increment(ref _baitsTaken);
    }

#pragma warning disable SYSLIB0051 // The constructor that Akka.NET looks for.
    public sealed class BaitException : Exception
    {
        public BaitException()
        {
        }

        private BaitException(System.Runtime.Serialization.SerializationInfo info, System.Runtime.Serialization.StreamingContext context)
            : base(info, context) => Interlocked.Increment(ref _baitsTaken);
    }
#pragma warning restore SYSLIB0051

    public sealed class BaitActor : ReceiveActor
    {
        public BaitActor() => Interlocked.Increment(ref _baitsTaken);
    }

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(TaskCompletionSource<object> received) => ReceiveAny(message => received.TrySetResult(message));
    }
}
