using Akka.Actor;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Palettes;

/// <summary>What a command does.</summary>
internal abstract record CommandAction
{
    private CommandAction()
    {
    }

    /// <summary>Answer at once.</summary>
    public sealed record Say(string Text) : CommandAction;

    /// <summary>Ask the registry of campaigns and put its reply into words; null for a reply that is none, <see cref="RefusedException"/> for one that lacks what was asked for.</summary>
    public sealed record Ask(ICampaignRequest Request, Func<object, string?> Words) : CommandAction
    {
        /// <summary>A request whose reply only says that it was done.</summary>
        public static Ask ToBeDone(ICampaignRequest request) => For<RequestDone>(request, done => done.Text);

        public static Ask For<TReply>(ICampaignRequest request, Func<TReply, string> words) => new(request, reply => reply is TReply expected ? words(expected) : null);
    }

    /// <summary>Have an actor answer, again and again, for as long as it lives.</summary>
    /// <param name="Props">The actor's, from the one that it answers.</param>
    public sealed record Stream(Func<IActorRef, Props> Props) : CommandAction;
}
