namespace SpikeTrail.Actors.Nodes;

/// <summary>What a node is to a cluster.</summary>
public static class NodeRole
{
    /// <summary>May hold the registry of campaigns and their supervisors: the oldest such node does.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Offers its devices.</summary>
    public const string Worker = "worker";
}

/// <summary>Where journals are kept.</summary>
public enum JournalProvider
{
    /// <summary>A file in the campaigns folder: for nodes of one machine.</summary>
    Sqlite,

    /// <summary>A server: for nodes of several machines.</summary>
    Postgresql,
}

/// <summary>A device that an operator offers otherwise than as it is.</summary>
/// <param name="Device">The device, such as <c>cuda:0</c>.</param>
/// <param name="Capacity">How many pipelines it takes side by side.</param>
/// <param name="Speed">How fast it is beside others of its kind.</param>
/// <param name="MemoryMib">How much memory it offers; null for what it has.</param>
public sealed record DeviceSetting(string Device, int Capacity, double Speed, int? MemoryMib);

/// <summary>One node of a cluster: the section <c>spiketrail.node</c> of hocon/node.conf, where every key is explained.</summary>
public sealed record NodeSettings
{
    /// <summary>The address it listens on and is known by.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 for any that is free.</summary>
    public int Port { get; init; } = 4053;

    /// <summary>Whether to listen on an address that others can reach, without TLS.</summary>
    public bool TrustedNetwork { get; init; }

    /// <summary>The nodes that a new node asks to be let in, as host:port; the first of them begins a cluster when it is alone.</summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>What it is to the cluster.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [NodeRole.Supervisor, NodeRole.Worker];

    /// <summary>The folder of all campaigns, which every node sees, if need be under another path.</summary>
    public string Campaigns { get; init; } = "campaigns";

    /// <summary>Where data sets are looked for; null for those that ship with SpikeTrail alone.</summary>
    public string? Data { get; init; }

    /// <summary>The devices it offers; empty for all it has.</summary>
    public IReadOnlyList<DeviceSetting> Devices { get; init; } = [];

    /// <summary>Where journals are kept.</summary>
    public JournalProvider Journal { get; init; } = JournalProvider.Sqlite;

    /// <summary>How a PostgreSQL server is reached.</summary>
    public string JournalConnection { get; init; } = "";

    /// <summary>How long a node that leaves waits for the work in hand.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a pipeline may be silent before it is lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a pass may take before its pipeline stands still.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(15);
}
