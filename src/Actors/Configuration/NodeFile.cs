using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Configuration;

/// <summary>A setting that has an option of its own.</summary>
/// <param name="Option">The option, such as <c>--roles</c>: what error messages name.</param>
/// <param name="Key">The key that it sets, such as <c>node.roles</c>.</param>
/// <param name="Value">A text, or a list of texts.</param>
public sealed record NodeOption(string Option, string Key, JsonNode Value);

/// <summary>A node's settings as a HOCON file over hocon/node.conf.</summary>
public static partial class NodeFile
{
    /// <summary>Opens a node's file: its section <c>spiketrail</c>.</summary>
    /// <param name="path">The file; null for the defaults alone.</param>
    /// <param name="options">Settings to put over it.</param>
    /// <param name="overrides">Settings to put over these, as <c>KEY=VALUE</c>; a later one wins.</param>
    /// <exception cref="InputException">The file cannot be read, or has an unknown key.</exception>
    public static HoconSection Open(string? path, IEnumerable<NodeOption> options, IEnumerable<string> overrides)
    {
        var document = HoconDocument.Parse(path is null ? "" : Read(path), path ?? "hocon/node.conf", path is null ? "" : Path.GetDirectoryName(path) ?? "");
        foreach (var (option, key, value) in options)
        {
            document.Override($"spiketrail.{key}", value, option);
        }

        foreach (var setting in overrides)
        {
            document.Override(setting);
        }

        return HoconSection.Open(document, BundledConfiguration.NodeReference).Section("spiketrail");
    }

    /// <summary>Reads the section <c>node</c> of what <see cref="Open"/> opened.</summary>
    /// <exception cref="InputException">A setting cannot be used; the message names its key.</exception>
    public static NodeSettings ReadNode(HoconSection spiketrail)
    {
        var node = spiketrail.Section("node");
        var journal = node.Section("journal");
        var settings = new NodeSettings
        {
            Host = node.Text("host", "an address", host => host.Length > 0),
            Port = node.Integer("port", min: 0, max: 65535),
            TrustedNetwork = node.Flag("trusted-network"),
            SeedNodes = node.TextsOr("seed-nodes", "none", "none or a list of \"host:port\"", IsHostPort),
            Roles = node.Texts("roles", $"{NodeRole.Supervisor} or {NodeRole.Worker}", role => role is NodeRole.Supervisor or NodeRole.Worker),
            Campaigns = node.Text("campaigns", "a folder", folder => folder.Length > 0),
            Data = node.Text("data", "none or a folder", folder => folder.Length > 0) is var data and not "none" ? data : null,
            Devices = [.. node.SectionsOr("devices", "all", node.Section("device-defaults")).Select(ReadDevice)],
            Journal = journal.Choice<JournalProvider>("provider"),
            JournalConnection = journal.Text("connection", "a connection string", _ => true),
            DrainTimeout = TimeSpan.FromSeconds(node.Integer("drain-seconds", min: 0)),
            Silence = TimeSpan.FromSeconds(node.Integer("silence-seconds", min: 15)),
            Stall = TimeSpan.FromSeconds(node.Integer("stall-seconds", min: 30)),
        };
        return settings switch
        {
            { Data: { } folder } when !Directory.Exists(folder) => throw node.Error("data", $"{folder}: no such folder"),
            { Journal: JournalProvider.Postgresql, JournalConnection: "" } => throw journal.Error("connection", "expected how the PostgreSQL server is reached, such as \"Host=…;Username=…;Password=…;Database=…\""),
            _ => settings,
        };
    }

    /// <summary>Whether a text is a <c>host:port</c>.</summary>
    public static bool IsHostPort(string text) => HostPort().IsMatch(text) && int.Parse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture) is > 0 and <= 65535;

    private static DeviceSetting ReadDevice(HoconSection device) => new(
        device.Text("device", "cpu or \"cuda:N\"", text => Device().IsMatch(text)),
        device.Integer("capacity", min: 1, max: 1024),
        device.Number("speed", "a number above 0", speed => speed is > 0 and < 1e6),
        device.IntegerOr("memory-mib", "all", min: 1));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--config {path}: cannot be read: {error.Message}", error);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]+:\d{1,5}\z")]
    private static partial Regex HostPort();

    [GeneratedRegex(@"^(cpu|cuda:\d{1,3})\z")]
    private static partial Regex Device();
}
