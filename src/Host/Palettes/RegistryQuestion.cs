using Akka.Actor;
using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>One request to the registry of campaigns, until it is answered or has waited long enough.</summary>
internal sealed class RegistryQuestion : ReceiveActor
{
    public RegistryQuestion(PaletteContext context, CommandAction.Ask ask, IActorRef client)
    {
        ReceiveAny(message => End(client, message switch
        {
            RequestRefused refused => new PaletteResponse(refused.Reason, IsError: true),
            ReceiveTimeout => new PaletteResponse(Silence(context.AnswerTimeout), IsError: true),
            _ when Words(ask, message) is { } answer => answer,
            _ => new PaletteResponse($"the supervisor answered with {message.GetType().Name}: does another version run there?", IsError: true),
        }));
        SetReceiveTimeout(context.AnswerTimeout);
        context.Campaigns.Tell(ask.Request, Self);
    }

    public static Props Props(PaletteContext context, CommandAction.Ask ask, IActorRef client) =>
        Akka.Actor.Props.Create(() => new RegistryQuestion(context, ask, client));

    /// <summary>What is said when the registry does not answer.</summary>
    public static string Silence(TimeSpan waited) =>
        $"no supervisor reachable: nothing was answered in {Durations.Text(waited)}; it may be moving to another node: see `cluster show`, and try again";

    private static PaletteResponse? Words(CommandAction.Ask ask, object reply)
    {
        try
        {
            return ask.Words(reply) is { } words ? new PaletteResponse(words) : null;
        }
        catch (RefusedException refusal)
        {
            return new PaletteResponse(refusal.Message, IsError: true);
        }
    }

    private void End(IActorRef client, PaletteResponse response)
    {
        client.Tell(response);
        Context.Stop(Self);
    }
}
