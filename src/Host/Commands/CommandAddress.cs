using System.Globalization;
using System.Net;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>Where a node takes commands, as an operator writes it.</summary>
/// <param name="Host">A name or an address, without the brackets of IPv6.</param>
/// <param name="Port">The port.</param>
internal sealed record CommandAddress(string Host, int Port)
{
    public static CommandAddress Default { get; } = new("127.0.0.1", CommandEndpoint.DefaultPort);

    /// <summary>Whether a word is meant as an address: no palette has a colon in its name.</summary>
    public static bool IsMeant(string word) => !word.StartsWith('-') && word.Contains(':', StringComparison.Ordinal);

    /// <summary>Reads <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>.</summary>
    /// <exception cref="InputException">The text is neither.</exception>
    public static CommandAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            host = "";
        }

        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort
            ? new CommandAddress(host, port)
            : throw new InputException($"{text}: expected HOST:PORT, such as {Default}");
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
