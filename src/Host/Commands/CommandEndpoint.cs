using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>TLS at a node's command port.</summary>
/// <param name="Certificate">The node's certificate, with its key.</param>
/// <param name="ClientAuthorities">Who signs the certificates that clients must show; null where they need none.</param>
internal sealed record CommandTls(X509Certificate2 Certificate, X509Certificate2Collection? ClientAuthorities);

/// <summary>Where a node takes commands, and from whom: the section <c>spiketrail.commands</c> of hocon/node.conf.</summary>
/// <param name="Host">An address or a name of this machine.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
internal sealed record CommandEndpoint(string Host, int Port)
{
    /// <summary>The port that pbm's users expect.</summary>
    public const int DefaultPort = 9110;

    /// <summary>What clients must prove to know; null for none.</summary>
    public SharedSecret? Secret { get; init; }

    /// <summary>TLS; null for none.</summary>
    public CommandTls? Tls { get; init; }

    /// <summary>Reads the section <c>spiketrail.commands</c>.</summary>
    /// <exception cref="InputException">A key has a value that cannot be used, or others could reach the address and nothing would tell them from operators.</exception>
    public static CommandEndpoint Read(HoconSection commands)
    {
        var endpoint = new CommandEndpoint(
            commands.Text("host", "an address or a name of this machine", host => Uri.CheckHostName(host) != UriHostNameType.Unknown),
            commands.Integer("port", min: 0, max: IPEndPoint.MaxPort))
        {
            Secret = commands.FileOr("secret-file", "none") is { } file ? SharedSecret.Read(file) : null,
            Tls = ReadTls(commands.Section("tls")),
        };
        // Before anything is started.
        endpoint.Resolve();
        return endpoint;
    }

    /// <summary>The address to listen at.</summary>
    /// <exception cref="InputException">There is none of that name, or others could reach it and nothing would tell them from operators.</exception>
    public IPEndPoint Resolve()
    {
        var address = IPAddress.TryParse(Host, out var literal) ? literal : Lookup();
        return IPAddress.IsLoopback(address) || Secret is not null || Tls?.ClientAuthorities is not null
            ? new IPEndPoint(address, Port)
            : throw new InputException(
                $"spiketrail.commands.host: {Host} can be reached from other machines, and anybody there could command this node; set spiketrail.commands.secret-file or "
                + "spiketrail.commands.tls.client-authority, or listen at 127.0.0.1");
    }

    private IPAddress Lookup()
    {
        try
        {
            return Dns.GetHostAddresses(Host)[0];
        }
        catch (SocketException error)
        {
            throw new InputException($"spiketrail.commands.host: {Host}: {error.Message}", error);
        }
    }

    private static CommandTls? ReadTls(HoconSection tls)
    {
        var (certificate, password, authority) = (tls.FileOr("certificate", "none"), tls.FileOr("password-file", "none"), tls.FileOr("client-authority", "none"));
        if (certificate is null)
        {
            var needless = password is not null ? "password-file" : authority is not null ? "client-authority" : null;
            return needless is null ? null : throw tls.Error(needless, "expected none where tls.certificate is none");
        }

        return new(Certificates.ReadWithKey(certificate, password), authority is null ? null : Certificates.ReadAuthorities(authority));
    }
}
