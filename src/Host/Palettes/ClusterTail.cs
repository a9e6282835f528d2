using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>Follows the cluster's members: a line whenever one comes, goes, or cannot be reached.</summary>
internal sealed class ClusterTail : ReceiveActor
{
    private readonly PaletteContext _context;
    private readonly IActorRef _client;

    public ClusterTail(PaletteContext context, IActorRef client)
    {
        _context = context;
        _client = client;
        Receive<ClusterEvent.CurrentClusterState>(state => Tell($"{Numbers.Count(state.Members.Count, "member", "members")} now"));
        Receive<ClusterEvent.IMemberEvent>(happened => Tell($"{happened.Member.Address} {ClusterText.Roles(happened.Member)} is {ClusterText.Status(happened.Member)}"));
        Receive<ClusterEvent.UnreachableMember>(lost => Tell($"{lost.Member.Address} cannot be reached"));
        Receive<ClusterEvent.ReachableMember>(back => Tell($"{back.Member.Address} can be reached again"));
        Receive<ClusterEvent.LeaderChanged>(changed => Tell(changed.Leader is null ? "no leader" : $"{changed.Leader} leads"));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    public static Props Props(PaletteContext context, IActorRef client) => Akka.Actor.Props.Create(() => new ClusterTail(context, client));

    protected override void PreStart()
    {
        Context.Watch(_client);
        Cluster.Get(Context.System).Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent),
            typeof(ClusterEvent.LeaderChanged));
    }

    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    private void Tell(string line) => _client.Tell(new PaletteResponse(
        string.Create(CultureInfo.InvariantCulture, $"{_context.Time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z {line}"), Final: false));
}
