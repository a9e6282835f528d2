using Akka.Actor;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Petabridge;

/// <summary>One palette as Petabridge.Cmd knows it.</summary>
internal sealed class PaletteHandler(CommandGrammar grammar, PaletteDefinition palette, Props palettes) : CommandPaletteHandler(Translate(palette))
{
    // Petabridge.Cmd makes one for each connection.
    public override Props HandlerProps { get; } = Props.Create(() => new Connection(grammar, palette, palettes));

    // pbm's arguments always have a switch, so what may go without one here is no different there.
    private static CommandPalette Translate(PaletteDefinition palette) => new(
        palette.Name,
        [
            .. palette.Commands.Select(command => command.Arguments
                .Aggregate(
                    new CommandDefinitionBuilder().WithName(command.Name).WithDescription(command.Description),
                    (builder, argument) => builder.WithArgument(given => argument.Switches.Aggregate(
                        given.WithName(argument.Name).WithDescription(argument.Description).IsMandatory(argument.Mandatory).AllowMultiple(argument.Multiple),
                        (named, written) => named.WithSwitch(written))))
                .Build()),
        ]);

    /// <summary>Takes the commands of one connection.</summary>
    private sealed class Connection : CommandHandlerActor
    {
        public Connection(CommandGrammar grammar, PaletteDefinition palette, Props palettes)
            : base(Translate(palette))
        {
            foreach (var definition in palette.Commands)
            {
                Process(definition.Name, given =>
                {
                    try
                    {
                        var command = grammar.Check(new PaletteCommand(palette.Name, definition.Name, [.. given.Arguments.Select(argument => Read(definition.Arguments, argument))]));
                        Context.ActorOf(CommandRelay.Props(palettes, command, Sender));
                    }
                    catch (InputException refusal)
                    {
                        Sender.Tell(new ErroredCommandResponse(refusal.Message));
                    }
                });
            }
        }

        /// <summary>A switch and its value as the argument that it names; one that names none is refused with the command.</summary>
        private static GivenArgument Read(IReadOnlyList<ArgumentDefinition> definitions, Tuple<string, string> argument) => new(
            definitions.FirstOrDefault(definition => definition.Name == argument.Item1 || definition.Switches.Contains(argument.Item1))?.Name ?? argument.Item1,
            argument.Item2);
    }
}
