using System.Diagnostics;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>
/// Network namespaces of this machine, each with a loopback and an address of its own, joined by a bridge: machines, as far as
/// the network goes, whose links can be cut. Needs root and <c>ip</c>.
/// </summary>
internal sealed class Namespaces : IDisposable
{
    // Names of network devices have up to 15 characters.
    private readonly string _prefix = $"st{Environment.ProcessId % 100000}";
    private readonly int _count;

    private Namespaces(int count) => _count = count;

    /// <summary>Makes some, or says why that cannot be.</summary>
    public static Namespaces? TryMake(int count, out string whyNot)
    {
        var made = new Namespaces(count);
        try
        {
            made.Make();
            whyNot = "";
            return made;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            made.Dispose();
            whyNot = $"network namespaces need root and ip: {error.Message}";
            return null;
        }
    }

    /// <summary>A place for a node in each.</summary>
    public NodePlace[] Places() =>
        [.. Enumerable.Range(0, _count).Select(index => new NodePlace(Address(index), 4053, 9110, ["ip", "netns", "exec", Name(index)]))];

    /// <summary>Cuts one off from the others: what is sent is lost, and no connection is closed.</summary>
    public void Cut(int index) => Ip($"link set {Name(index)}b down");

    /// <summary>Ends that.</summary>
    public void Mend(int index) => Ip($"link set {Name(index)}b up");

    public void Dispose()
    {
        for (var index = 0; index < _count; index++)
        {
            Try($"netns del {Name(index)}");
            Try($"link del {Name(index)}b");
        }

        Try($"link del {_prefix}br");
    }

    private void Make()
    {
        Ip($"link add {_prefix}br type bridge");
        Ip($"link set {_prefix}br up");
        for (var index = 0; index < _count; index++)
        {
            var name = Name(index);
            Ip($"netns add {name}");
            Ip($"link add {name}b type veth peer name {name}n");
            Ip($"link set {name}n netns {name}");
            Ip($"link set {name}b master {_prefix}br up");
            Ip($"-n {name} address add {Address(index)}/24 dev {name}n");
            Ip($"-n {name} link set {name}n up");
            Ip($"-n {name} link set lo up");
        }
    }

    private string Name(int index) => $"{_prefix}{(char)('p' + index)}";

    private static string Address(int index) => $"10.231.77.{index + 1}";

    private static void Try(string arguments)
    {
        try
        {
            Ip(arguments);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // What was not made need not be removed.
        }
    }

    private static void Ip(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {error.Trim()}");
        }
    }
}
