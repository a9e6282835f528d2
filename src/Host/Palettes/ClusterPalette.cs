using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>The palette <c>cluster</c>: the members as this node sees them.</summary>
internal static class ClusterPalette
{
    private static readonly ArgumentDefinition Leaving = new(
        "address", ["-a", "--address"], "The member, as `cluster show` has it or as HOST:PORT; this node by default.");

    private static readonly ArgumentDefinition Downed = new("address", ["-a", "--address"], "The member, as `cluster show` has it or as HOST:PORT.", Mandatory: true);

    public static Palette Palette { get; } = new("cluster", "Show the cluster's members, and have them leave.",
    [
        new(new("show", "List the members: address, roles, status, whether unreachable, version.", []), (_, context) => new CommandAction.Say(Show(ClusterOf(context)))),
        new(new("status", "Show this node and what it sees of the cluster.", []), (_, context) => new CommandAction.Say(Status(ClusterOf(context)))),
        new(new("leader", "Show the leader's address.", []), (_, context) => new CommandAction.Say(Leader(ClusterOf(context)))),
        new(new("tail", "Follow members' comings and goings until Ctrl+C.", []), Tail),
        new(new("leave", "Have a member leave: it hands over what it does and ends.", [Leaving]), Leave),
        new(new("down", "Remove a member that is gone. One whose process still runs ends what it does, and joins again by itself.", [Downed]), Down),
    ]);

    private static string Show(Cluster cluster)
    {
        var rows = cluster.State.Members
            .OrderBy(member => member.Address.ToString(), StringComparer.Ordinal)
            .Select(member => ClusterText.Row(member, cluster.State.Unreachable.Contains(member)));
        return string.Join('\n', [.. rows, $"Count: {Numbers.Count(cluster.State.Members.Count, "node", "nodes")}"]);
    }

    private static string Status(Cluster cluster)
    {
        var (self, state) = (cluster.SelfMember, cluster.State);
        return string.Join('\n',
        [
            $"node: {self.Address}",
            $"roles: {ClusterText.Roles(self)}",
            $"status: {ClusterText.Status(self)}",
            $"version: {self.AppVersion}",
            $"leader: {state.Leader?.ToString() ?? "none"}",
            $"members: {string.Join(", ", state.Members.GroupBy(ClusterText.Status).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{Numbers.Count(group.Count())} {group.Key}"))}",
            $"unreachable: {(state.Unreachable.Count == 0 ? "none" : string.Join(' ', state.Unreachable.Select(member => member.Address)))}",
        ]);
    }

    private static string Leader(Cluster cluster) =>
        cluster.State.Leader?.ToString() ?? throw new RefusedException("cluster leader: there is none now: the members do not agree, or this node has not joined yet");

    private static CommandAction.Stream Tail(CommandArguments arguments, PaletteContext context)
    {
        // Refused here, where it is answered, rather than in an actor of its own.
        ClusterOf(context);
        return new(client => ClusterTail.Props(context, client));
    }

    private static CommandAction.Say Leave(CommandArguments arguments, PaletteContext context)
    {
        var cluster = ClusterOf(context);
        var member = arguments.TextOrNull(Leaving) is { } address ? Member(cluster, address, "leave") : cluster.SelfMember;
        cluster.Leave(member.Address);
        return new($"{member.Address} is asked to leave; `cluster show` says when it is gone");
    }

    private static CommandAction.Say Down(CommandArguments arguments, PaletteContext context)
    {
        var cluster = ClusterOf(context);
        var member = Member(cluster, arguments.Text(Downed), "down");
        cluster.Down(member.Address);
        return new($"{member.Address} is marked as down; `cluster show` says when it is gone");
    }

    private static Member Member(Cluster cluster, string address, string command) =>
        cluster.State.Members.FirstOrDefault(member => member.Address.ToString() == address || member.Address.HostPort() == address || ClusterText.HostPort(member.Address) == address)
        ?? throw new RefusedException(
            $"cluster {command}: {address} is no member (members are {string.Join(", ", cluster.State.Members.Select(member => ClusterText.HostPort(member.Address)))})");

    private static Cluster ClusterOf(PaletteContext context) =>
        context.System is ExtendedActorSystem { Provider: IClusterActorRefProvider }
            ? Cluster.Get(context.System)
            : throw new RefusedException("this node runs without a cluster");
}
