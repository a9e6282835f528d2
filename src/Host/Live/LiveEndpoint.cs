using System.Net;
using System.Net.Sockets;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Live;

/// <summary>Where the live page is: the section <c>spiketrail.web</c> of hocon/node.conf.</summary>
/// <param name="Host">An address or a name of this machine.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
internal sealed record LiveEndpoint(string Host, int Port)
{
    /// <summary>Reads the section <c>spiketrail.web</c>; null where there is to be no page.</summary>
    /// <exception cref="InputException">A key has a value that cannot be used.</exception>
    public static LiveEndpoint? Read(HoconSection web)
    {
        var endpoint = new LiveEndpoint(
            web.Text("host", "an address or a name of this machine", host => Uri.CheckHostName(host) != UriHostNameType.Unknown),
            web.Integer("port", min: 0, max: IPEndPoint.MaxPort));
        return web.Flag("enabled") ? endpoint : null;
    }

    /// <summary>The address to listen at.</summary>
    /// <exception cref="InputException">There is none of that name.</exception>
    public IPEndPoint Resolve()
    {
        try
        {
            return new IPEndPoint(IPAddress.TryParse(Host, out var literal) ? literal : Dns.GetHostAddresses(Host)[0], Port);
        }
        catch (SocketException error)
        {
            throw new InputException($"spiketrail.web.host: {Host}: {error.Message}", error);
        }
    }

    /// <summary>
    /// Whether a browser may have asked for this machine by that name. A hostile site can have a name of its own mean this
    /// machine, and would then read the page from its visitors' browsers; no site can have an address or <c>localhost</c>.
    /// </summary>
    /// <param name="host">The host of the request's header, without the port.</param>
    public bool IsCalled(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Host, StringComparison.OrdinalIgnoreCase);
}
