using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Nodes;

namespace SpikeTrail.Bench.Layouts;

/// <summary>A second process with a node that works, and an end for links.</summary>
internal sealed class OtherProcess : IDisposable
{
    /// <summary>What this program is started with to be that process; the folder of campaigns follows, and a node of the cluster to join.</summary>
    public const string Argument = "other-process";

    private const string SinkName = "sink";

    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="here">The actor system that is to reach it.</param>
    /// <param name="folder">The folder of campaigns.</param>
    /// <param name="seed">A node of the cluster it joins; null for one of its own.</param>
    public OtherProcess(ActorSystem here, string folder, string? seed = null)
    {
        string[] arguments = [Environment.GetCommandLineArgs()[0], Argument, folder, .. seed is null ? Array.Empty<string>() : [seed]];
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Address = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the other process did not start");
        Worker = Resolve(NodeSystem.WorkerName);
        Sink = Resolve(SinkName);

        IActorRef Resolve(string name) => ((ExtendedActorSystem)here).Provider.ResolveActorRef($"akka.tcp://{here.Name}@{Address}/user/{name}");
    }

    /// <summary>Its node, as host:port.</summary>
    public string Address { get; }

    public IActorRef Worker { get; }

    /// <summary>Takes frames and drops them.</summary>
    public IActorRef Sink { get; }

    /// <summary>Is that process, until its standard input ends.</summary>
    public static void Serve(string folder, string? seed)
    {
        var node = Node(folder, NodeRole.Worker, seed);
        node.System.ActorOf(LinkEnd.Sink(), SinkName);
        Console.WriteLine(node.Address);
        _ = Console.In.ReadToEnd();
        node.System.Terminate().Wait();
    }

    /// <summary>A node on a free port of loopback.</summary>
    public static NodeSystem Node(string folder, string role, string? seed = null) =>
        NodeSystem.Start(new NodeSettings { Port = 0, Roles = [role], Campaigns = folder, SeedNodes = seed is null ? [] : [seed] });

    /// <summary>A folder for a campaign, in memory where there is such a place: writing checkpoints is not what is measured.</summary>
    public static string NewFolder() =>
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"spiketrail-bench-{Guid.NewGuid():N}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
