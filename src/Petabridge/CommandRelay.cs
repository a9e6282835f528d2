using Akka.Actor;
using Petabridge.Cmd;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Petabridge;

/// <summary>Has one command done, and translates its responses. It ends with the last of them, or with the client.</summary>
internal sealed class CommandRelay : ReceiveActor
{
    public CommandRelay(Props palettes, PaletteCommand command, IActorRef client)
    {
        var palette = Context.Watch(Context.ActorOf(palettes));
        Context.Watch(client);
        Receive<PaletteResponse>(response =>
        {
            client.Tell(Translate(response));
            if (response.Final)
            {
                Context.Stop(Self);
            }
        });
        Receive<Terminated>(ended => ended.ActorRef.Equals(palette), _ =>
        {
            client.Tell(new ErroredCommandResponse("the command failed; the node's log says why"));
            Context.Stop(Self);
        });
        Receive<Terminated>(_ => Context.Stop(Self));
        palette.Tell(command);
    }

    public static Props Props(Props palettes, PaletteCommand command, IActorRef client) => Akka.Actor.Props.Create(() => new CommandRelay(palettes, command, client));

    // A command that failed has perhaps been done by half: it is not begun again.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private static CommandResponse Translate(PaletteResponse response) => response switch
    {
        { IsError: true } => new ErroredCommandResponse(response.Text, response.Final),
        { Final: true, Text: "" } => CommandResponse.Empty,
        _ => new CommandResponse(response.Text, response.Final),
    };
}
