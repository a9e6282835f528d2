using Akka.Actor;
using SpikeTrail.Actors.Pipeline;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>
/// A layer group that a test listens in on: everything for it passes <c>seen</c> first, which may look, wait, spoil a
/// frame or throw. Behind it is a real <see cref="LayerGroupActor"/>.
/// </summary>
internal sealed class TappedGroup : ReceiveActor
{
    private readonly IActorRef _group;

    public TappedGroup(LayerGroupPlan plan, Action<LayerGroupPlan, object> seen)
    {
        _group = Context.ActorOf(LayerGroupActor.Props(plan), "tapped");
        ReceiveAny(message =>
        {
            seen(plan, message);
            _group.Forward(message);
        });
    }

    public static Func<LayerGroupPlan, Props> Each(Action<LayerGroupPlan, object> seen) =>
        plan => Akka.Actor.Props.Create(() => new TappedGroup(plan, seen));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);
}
