using System.Net;
using System.Net.Sockets;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>Where a node is: its address among nodes, where it takes commands, and what its processes are started through.</summary>
internal sealed record NodePlace(string Host, int Port, int Commands, string[] Under)
{
    /// <summary>A place on loopback, with ports that are free just now.</summary>
    public static NodePlace OnLoopback() => new("127.0.0.1", FreePort(), FreePort(), []);

    /// <summary>Its address among nodes.</summary>
    public string Address => $"{Host}:{Port}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One node of a cluster, a real process, with what can happen to one.</summary>
internal sealed class NodeProcess(NodePlace place, string folder, string[] arguments) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private SpikeTrailProcess? _process;

    /// <summary>Where it is.</summary>
    public NodePlace Place => place;

    /// <summary>The process of its present life.</summary>
    public SpikeTrailProcess Process => _process ?? throw new InvalidOperationException("the node was not started");

    /// <summary>Starts it, for the first time or again.</summary>
    public void Start() => _process = SpikeTrailProcess.StartUnder(place.Under, folder, ["node", .. arguments]);

    /// <summary>Waits until it has said that it is up.</summary>
    public Task UpAsync() => Process.SeesAsync("is up;").WaitAsync(Patience);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.EndAsync();
        Process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, and how it ended.</summary>
    public async Task<ProcessEnd> TerminateAsync()
    {
        Process.Terminate();
        return await Process.EndAsync().WaitAsync(Patience);
    }

    /// <summary>Gives it a command, as an operator on its machine would.</summary>
    public async Task<ProcessEnd> CommandAsync(params string[] words)
    {
        using var command = SpikeTrailProcess.StartUnder(place.Under, folder, ["cmd", $"127.0.0.1:{place.Commands}", .. words]);
        return await command.EndAsync().WaitAsync(Patience);
    }

    /// <summary>Gives it a command that must succeed, and returns what it said.</summary>
    public async Task<string> AskAsync(params string[] words)
    {
        var end = await CommandAsync(words);
        Assert.True(end.ExitCode == 0, $"{string.Join(' ', words)}: {end.Output}{end.Error}");
        return end.Output;
    }

    /// <summary>What it has written in its present life.</summary>
    public string WrittenOrEmpty() => _process?.Written() ?? "";

    public void Dispose() => _process?.Dispose();
}
