using Akka.Actor;
using Akka.Event;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>
/// Carries out a client's commands: takes <see cref="PaletteCommand"/>s, answers whoever sent one with
/// <see cref="PaletteResponse"/>s, the last of them final. What it has under way ends with it.
/// </summary>
internal sealed class PaletteActor : ReceiveActor
{
    private readonly PaletteContext _context;

    public PaletteActor(PaletteContext context)
    {
        _context = context;
        Receive<PaletteCommand>(Do);
    }

    public static Props Props(PaletteContext context) => Akka.Actor.Props.Create(() => new PaletteActor(context));

    // Whoever waits for an answer learns of the failure from this actor's end.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    private void Do(PaletteCommand command)
    {
        var client = Sender;
        try
        {
            switch (PaletteCatalog.Plan(command, _context))
            {
                case CommandAction.Say say:
                    client.Tell(new PaletteResponse(say.Text));
                    break;
                case CommandAction.Ask ask:
                    Context.ActorOf(RegistryQuestion.Props(_context, ask, client));
                    break;
                case CommandAction.Stream stream:
                    Context.ActorOf(stream.Props(client));
                    break;
            }
        }
        catch (InputException input)
        {
            client.Tell(PaletteResponse.Refusing(input));
        }
        catch (RefusedException refusal)
        {
            client.Tell(new PaletteResponse(refusal.Message, IsError: true));
        }
        catch (Exception failure)
        {
            Context.GetLogger().Error(failure, "{0} {1} failed", command.Palette, command.Command);
            client.Tell(new PaletteResponse($"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")} (the node's log has more)", IsError: true));
        }
    }
}
