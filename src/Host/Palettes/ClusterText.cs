using Akka.Actor;
using Akka.Cluster;

namespace SpikeTrail.Host.Palettes;

/// <summary>Members in words, as pbm has them.</summary>
internal static class ClusterText
{
    /// <summary>A member in a row: address, roles, status, whether unreachable, version.</summary>
    public static string Row(Member member, bool unreachable) =>
        $"{member.Address} | {Roles(member)} | {Status(member)} | {(unreachable ? "unreachable" : "")} | {member.AppVersion}";

    public static string Roles(Member member) => $"[{string.Join(", ", member.Roles.Order(StringComparer.Ordinal))}]";

    public static string Status(Member member) => member.Status switch
    {
        MemberStatus.WeaklyUp => "weakly up",
        var status => status.ToString().ToLowerInvariant(),
    };

    /// <summary>An address in short: <c>127.0.0.1:4053</c>.</summary>
    public static string HostPort(Address address) => $"{address.Host}:{address.Port}";
}
