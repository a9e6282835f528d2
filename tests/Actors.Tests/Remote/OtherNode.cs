using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>A second node beside a test's own, in the same process: another actor system with a worker, reached over loopback.</summary>
internal sealed class OtherNode : IAsyncDisposable
{
    /// <summary>Makes an actor system a node of hocon/cluster.conf's, listening on a port of loopback.</summary>
    public static readonly string Configuration =
        BundledConfiguration.Read("hocon/cluster.conf") + "\nakka.remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 }\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _here;

    /// <param name="here">The test's own actor system.</param>
    /// <param name="folder">The folder of all campaigns.</param>
    public OtherNode(ActorSystem here, string folder)
    {
        _here = here;
        System = ActorSystem.Create(here.Name, here.Settings.Config);
        System.ActorOf(LeaseReaper.Props(), "lease-reaper");
        Worker = SeenFromHere(System.ActorOf(
            WorkerActor.Props(new WorkerPlan(NameOf(System), [], new CampaignLibrary(folder, dataFolder: null), LayerGroupActor.Props)), NodeSystem.WorkerName));
    }

    public ActorSystem System { get; }

    /// <summary>Its worker, as it is seen from the test's own node.</summary>
    public IActorRef Worker { get; }

    /// <summary>Joins both to one cluster.</summary>
    public async Task JoinAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var first = Cluster.Get(_here).SelfAddress;
        await Cluster.Get(_here).JoinAsync(first, patience.Token);
        await Cluster.Get(System).JoinAsync(first, patience.Token);
    }

    /// <summary>Puts some of a pipeline's layer groups on this node, and the rest on the test's own.</summary>
    public PipelinePlace Place(RunContext context, Func<int, bool> isOnIt) => TinyRun.Place(context) with
    {
        Groups =
        [
            .. from index in Enumerable.Range(0, context.Pipeline.LayerGroups)
               select isOnIt(index)
                   ? new GroupPlace(new DeviceId(NameOf(System), "cpu"), Worker)
                   : new GroupPlace(new DeviceId(NameOf(_here), "cpu"), Worker: null),
        ],
    };

    public IActorRef SeenFromHere(IActorRef actor) =>
        ((ExtendedActorSystem)_here).Provider.ResolveActorRef(Akka.Serialization.Serialization.SerializedActorPath(actor));

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Patience);

    private static string NameOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress.HostPort();
}
