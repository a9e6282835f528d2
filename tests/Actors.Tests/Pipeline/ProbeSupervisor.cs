using Akka.Actor;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>Stands where the supervisor stands: has one child, and lets a probe hear what it says and why it failed.</summary>
internal sealed class ProbeSupervisor : ReceiveActor
{
    private readonly IActorRef _probe;

    public ProbeSupervisor(IActorRef probe, Props child)
    {
        _probe = probe;
        var made = Context.ActorOf(child, "child");
        Receive<GetChild>(_ => Sender.Tell(made));
        ReceiveAny(probe.Forward);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _probe.Tell(new Status.Failure(error));
        return Directive.Stop;
    });

    public sealed record GetChild : INoSerializationVerificationNeeded;
}
