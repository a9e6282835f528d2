using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>Two nodes of a cluster in one process, joined over loopback, as hocon/cluster.conf sets nodes up.</summary>
public abstract class TwoNodes : IAsyncLifetime
{
    /// <summary>Long enough for any machine; no test waits for it to pass.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    protected TwoNodes(string config = "") => (Here, There) = (Node(config), Node(config));

    private protected ActorSystem Here { get; }

    private protected ActorSystem There { get; }

    private protected string Folder => _folder.Path;

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await Cluster.Get(Here).JoinAsync(AddressOf(Here), patience.Token);
        await Cluster.Get(There).JoinAsync(AddressOf(Here), patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Here.Terminate(), There.Terminate()).WaitAsync(Patience);
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Address AddressOf(ActorSystem node) => Cluster.Get(node).SelfAddress;

    /// <summary>How one node names an actor of another.</summary>
    private protected static IActorRef Seen(ActorSystem from, IActorRef actor) =>
        ((ExtendedActorSystem)from).Provider.ResolveActorRef(Akka.Serialization.Serialization.SerializedActorPath(actor));

    private protected Task<IActorRef> StartRingAsync(IReadOnlyList<IActorRef> groups, int window) =>
        Here.ActorOf(Ring.Props(groups, window)).Ask<IActorRef>(new Ring.Connect(), Patience);

    /// <summary>Runs a job pass by pass.</summary>
    private protected static async Task RunAsync(IActorRef ring, IPassJob job)
    {
        foreach (var pass in job.Passes())
        {
            await ring.Ask<BatchPass>(pass, Patience);
        }
    }

    private protected static ActorSystem Node(string config) => ActorSystem.Create("spiketrail", ConfigurationFactory.ParseString(config)
        .WithFallback(ConfigurationFactory.ParseString("""
            akka.loggers = []
            akka.loglevel = OFF
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """))
        .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/cluster.conf")))
        .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/akka.conf")))
        .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/serialization.conf"))));
}
