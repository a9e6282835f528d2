using Akka.Actor;
using Akka.Event;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>Frees the tensors of messages that nobody will read: frames that became dead letters. One per actor system.</summary>
public sealed class LeaseReaper : ReceiveActor
{
    public LeaseReaper()
    {
        Receive<AllDeadLetters>(letter => (letter.Message as IFrame)?.Content.Dispose());
        Receive<UnhandledMessage>(unhandled => (unhandled.Message as IFrame)?.Content.Dispose());
    }

    /// <summary>How to make one.</summary>
    public static Props Props() => Akka.Actor.Props.Create(() => new LeaseReaper());

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
    }
}
