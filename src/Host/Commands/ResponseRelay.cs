using System.Threading.Channels;
using Akka.Actor;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Commands;

/// <summary>Has one command carried out and hands its responses to a connection. What is left of the command ends with it.</summary>
internal sealed class ResponseRelay : ReceiveActor
{
    private readonly ChannelWriter<PaletteResponse> _responses;

    public ResponseRelay(Props palettes, PaletteCommand command, ChannelWriter<PaletteResponse> responses)
    {
        _responses = responses;
        Receive<PaletteResponse>(Hand);
        Receive<Terminated>(_ => Hand(new PaletteResponse("the command failed; the node's log says why", IsError: true)));

        var palette = Context.ActorOf(palettes);
        Context.Watch(palette);
        palette.Tell(command);
    }

    public static Props Props(Props palettes, PaletteCommand command, ChannelWriter<PaletteResponse> responses) =>
        Akka.Actor.Props.Create(() => new ResponseRelay(palettes, command, responses));

    // A command that failed has perhaps been done by half: it is not begun again.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void PostStop() => _responses.TryComplete();

    private void Hand(PaletteResponse response)
    {
        if (!_responses.TryWrite(response))
        {
            _responses.TryComplete(new IOException("the client does not read what it asked for"));
            Context.Stop(Self);
        }
        else if (response.Final)
        {
            Context.Stop(Self);
        }
    }
}
