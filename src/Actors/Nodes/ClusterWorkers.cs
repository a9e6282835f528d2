using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// Tells the pool of devices which workers a cluster has: a node that is up is asked what it offers until it answers, one
/// that leaves or cannot be reached is given nothing new.
/// </summary>
internal sealed class ClusterWorkers : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(2);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<string, Address> _unanswered = [];

    public ClusterWorkers(IActorRef pool)
    {
        Receive<ClusterEvent.MemberUp>(up => Ask(up.Member));
        Receive<ClusterEvent.ReachableMember>(reachable => Ask(reachable.Member));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Forget(unreachable.Member, pool));
        Receive<ClusterEvent.MemberLeft>(left => Forget(left.Member, pool));
        Receive<ClusterEvent.MemberExited>(exited => Forget(exited.Member, pool));
        Receive<ClusterEvent.MemberRemoved>(removed => Forget(removed.Member, pool));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<WorkerDescribed>(worker =>
        {
            if (_unanswered.Remove(worker.Node) || worker.Leaving)
            {
                pool.Forward(worker);
            }
        });
        Receive<AskAgain>(_ =>
        {
            foreach (var address in _unanswered.Values)
            {
                Context.ActorSelection(new RootActorPath(address) / "user" / NodeSystem.WorkerName).Tell(new DescribeWorker());
            }
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="pool">Who hears of workers.</param>
    public static Props Props(IActorRef pool) => Akka.Actor.Props.Create(() => new ClusterWorkers(pool));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer("ask", new AskAgain(), TimeSpan.Zero, AskInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Ask(Member member)
    {
        if (member.HasRole(NodeRole.Worker) && member.Status == MemberStatus.Up)
        {
            _unanswered[NodeName.Of(member.Address)] = member.Address;
            Self.Tell(new AskAgain());
        }
    }

    private void Forget(Member member, IActorRef pool)
    {
        _unanswered.Remove(NodeName.Of(member.Address));
        pool.Tell(new WorkerGone(NodeName.Of(member.Address)));
    }

    private sealed record AskAgain : INoSerializationVerificationNeeded;
}
