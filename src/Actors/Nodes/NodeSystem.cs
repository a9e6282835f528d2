using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// A node of a cluster, running: its actor system, its worker where it offers devices, the registry of campaigns where it is
/// its turn to hold it, and a way to that registry wherever it is.
/// </summary>
public sealed class NodeSystem
{
    /// <summary>The name of a worker's actor: <c>/user/worker</c> on every node that offers devices.</summary>
    public const string WorkerName = "worker";

    private const string SystemName = "spiketrail";
    private const string RegistryName = "campaigns";

    private NodeSystem(ActorSystem system, IActorRef campaigns, NodeSettings settings, IReadOnlyList<string> asked) =>
        (System, Campaigns, Settings, Address, Asked) = (system, campaigns, settings, NodeName.Of(system), asked);

    /// <summary>The actor system. It ends by itself when the rest of the cluster has given the node up.</summary>
    public ActorSystem System { get; }

    /// <summary>The registry of campaigns, wherever it lives; takes <see cref="ICampaignRequest"/>s.</summary>
    public IActorRef Campaigns { get; }

    /// <summary>How it was set up.</summary>
    public NodeSettings Settings { get; }

    /// <summary>What others know it by, such as <c>127.0.0.1:4053</c>.</summary>
    public string Address { get; }

    /// <summary>The other nodes that it asks to be let in; empty where it begins a cluster by itself.</summary>
    public IReadOnlyList<string> Asked { get; }

    /// <summary>Whether it ended because the others gave it up, not because anybody wanted it to.</summary>
    public bool WasExpelled => CoordinatedShutdown.Get(System).ShutdownReason is CoordinatedShutdown.ClusterDowningReason;

    /// <summary>Starts a node.</summary>
    /// <param name="settings">How it is set up.</param>
    /// <param name="expelled">Whether it was one of a cluster until now: then it waits to be let in again, and begins none of its own.</param>
    /// <exception cref="InputException">A setting cannot be used on this machine.</exception>
    public static NodeSystem Start(NodeSettings settings, bool expelled = false)
    {
        settings = settings with { Campaigns = Path.GetFullPath(settings.Campaigns) };
        Check(settings);
        var system = Create(settings);
        system.ActorOf(LeaseReaper.Props(), "lease-reaper");
        var address = NodeName.Of(system);
        var library = new CampaignLibrary(settings.Campaigns, settings.Data);
        if (settings.Roles.Contains(NodeRole.Worker))
        {
            var worker = system.ActorOf(
                WorkerActor.Props(new WorkerPlan(address, Offers(settings, address), library, LayerGroupActor.Props)), WorkerName);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain", async () =>
            {
                await worker.Ask<WorkerActor.Drain>(WorkerActor.Drain.Instance, settings.DrainTimeout);
                return Akka.Done.Instance;
            });
        }

        if (settings.Roles.Contains(NodeRole.Supervisor))
        {
            system.ActorOf(
                ClusterSingletonManager.Props(
                    CampaignRegistry.Props(library, ClusterWorkers.Props, (settings.Silence, settings.Stall)),
                    PoisonPill.Instance,
                    ClusterSingletonManagerSettings.Create(system).WithRole(NodeRole.Supervisor).WithSingletonName("registry")),
                RegistryName);
        }

        var campaigns = system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{RegistryName}", ClusterSingletonProxySettings.Create(system).WithRole(NodeRole.Supervisor).WithSingletonName("registry")),
            "campaigns-proxy");
        var asked = Join(system, settings, expelled);
        return new NodeSystem(system, campaigns, settings, asked);
    }

    /// <summary>Has something done once the node is a member of its cluster. Called from an actor's thread.</summary>
    public void WhenUp(Action act) => Cluster.Get(System).RegisterOnMemberUp(act);

    /// <summary>Has the node leave the cluster, after the work in hand, and ends it.</summary>
    public Task StopAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);

    /// <returns>The other nodes that were asked.</returns>
    private static List<string> Join(ActorSystem system, NodeSettings settings, bool expelled)
    {
        var cluster = Cluster.Get(system);
        var seeds = settings.SeedNodes.Select(seed => seed.Split(':')).Select(seed => new Address(
            cluster.SelfAddress.Protocol, SystemName, seed[0], int.Parse(seed[1], CultureInfo.InvariantCulture))).ToList();
        if (expelled && seeds.Any(seed => seed != cluster.SelfAddress))
        {
            // The first of the list would begin a cluster of its own beside the one that it cannot reach just now.
            seeds.Remove(cluster.SelfAddress);
        }

        if (seeds.Count == 0)
        {
            cluster.Join(cluster.SelfAddress);
        }
        else
        {
            cluster.JoinSeedNodes(seeds);
        }

        return [.. seeds.Where(seed => seed != cluster.SelfAddress).Select(NodeName.Of)];
    }

    private static void Check(NodeSettings settings)
    {
        var missing = settings.Devices.Select(device => device.Device).FirstOrDefault(device => !LibTorch.Devices.Contains(device));
        if (missing is not null)
        {
            throw new InputException($"spiketrail.node.devices: expected some of {string.Join(", ", LibTorch.Devices)}, which this machine has, got {missing}");
        }

        if (!settings.TrustedNetwork && !IsLoopback(settings.Host))
        {
            throw new InputException(
                $"spiketrail.node.host: {settings.Host} can be reached from other machines, and nodes trust each other; expected 127.0.0.1, or spiketrail.node.trusted-network = on where nobody else is on the network");
        }

        try
        {
            Directory.CreateDirectory(Path.Combine(settings.Campaigns, CampaignMark.NodesFolder));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the campaigns folder {settings.Campaigns} cannot be made: {error.Message}; --campaigns, or spiketrail.node.campaigns, names another", error);
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static ActorSystem Create(NodeSettings settings)
    {
        RefusePortInUse(settings);
        return ActorSystem.Create(SystemName, Configuration(settings));
    }

    /// <summary>Akka.NET's transport would share a port with another process: two nodes under one address throw each other out.</summary>
    private static void RefusePortInUse(NodeSettings settings)
    {
        try
        {
            var address = IPAddress.TryParse(settings.Host, out var literal) ? literal : Dns.GetHostAddresses(settings.Host)[0];
            using var probe = new TcpListener(address, settings.Port);
            probe.Start();
        }
        catch (SocketException refused)
        {
            throw new InputException($"cannot listen for nodes at {settings.Host}:{settings.Port}: {refused.Message}; --port, or spiketrail.node.port, chooses another, 0 any", refused);
        }
    }

    private static Config Configuration(NodeSettings settings) =>
        Own(settings)
            .WithFallback(Parse("hocon/cluster.conf"))
            .WithFallback(Parse("hocon/akka.conf"))
            .WithFallback(Parse("hocon/serialization.conf"))
            .WithFallback(SqlPersistence.DefaultConfiguration);

    private static Config Parse(string file) => ConfigurationFactory.ParseString(BundledConfiguration.Read(file));

    private static Config Own(NodeSettings settings)
    {
        // All nodes may share the folder, and on machines of their own they have the same port.
        var log = Path.Combine(settings.Campaigns, CampaignMark.NodesFolder, string.Create(CultureInfo.InvariantCulture, $"node-{settings.Host}-{settings.Port}.log"));
        var (provider, connection) = settings.Journal == JournalProvider.Sqlite
            ? ("SQLite.MS", new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.Campaigns, CampaignMark.NodesFolder, "journal.db") }.ToString())
            : ("PostgreSQL.15", settings.JournalConnection);
        return ConfigurationFactory.ParseString($$"""
            spiketrail.log-file = {{Hocon.Quote(log)}}
            akka.remote.dot-netty.tcp {
              hostname = {{Hocon.Quote(settings.Host)}}
              port = {{settings.Port}}
            }
            akka.cluster.roles = [{{string.Join(", ", settings.Roles)}}]
            akka.coordinated-shutdown.phases.before-service-unbind.timeout = {{(int)settings.DrainTimeout.TotalSeconds + 1}}s
            akka.persistence.journal.sql {
              connection-string = {{Hocon.Quote(connection)}}
              provider-name = {{provider}}
            }
            akka.persistence.snapshot-store.sql {
              connection-string = {{Hocon.Quote(connection)}}
              provider-name = {{provider}}
            }
            """);
    }

    private static DeviceOffer[] Offers(NodeSettings settings, string address) =>
    [
        .. from device in settings.Devices is [] ? LibTorch.Devices.Select(device => new DeviceSetting(device, 1, 1, null)) : settings.Devices
           select new DeviceOffer(new DeviceId(address, device.Device), MemoryOf(device), device.Capacity, device.Speed),
    ];

    /// <summary>What an operator says; else the machine's memory, which is right for a CPU and a bound for anything else.</summary>
    private static long MemoryOf(DeviceSetting device) =>
        device.MemoryMib is { } mebibytes ? mebibytes * 1024L * 1024 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
