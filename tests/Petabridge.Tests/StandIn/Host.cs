// Stands in for the package Petabridge.Cmd.Host: the members that public samples use, and no others.
using Akka.Actor;

namespace Petabridge.Cmd.Host;

public abstract class CommandPaletteHandler
{
    protected CommandPaletteHandler(CommandPalette palette) => Palette = palette;

    public CommandPalette Palette { get; }

    public abstract Props HandlerProps { get; }

    public virtual void OnRegister(PetabridgeCmd plugin)
    {
    }
}

public abstract class CommandHandlerActor : ReceiveActor
{
    protected CommandHandlerActor(CommandPalette palette) => Palette = palette;

    protected CommandPalette Palette { get; }

    protected void Process(string commandName, Action<Command> action) => Receive<Command>(command => command.Name == commandName, action);
}

public sealed class PetabridgeCmd : IExtension
{
    internal List<CommandPaletteHandler> ToldPalettes { get; } = [];

    internal bool ToldStart { get; private set; }

    public static PetabridgeCmd Get(ActorSystem system) => system.WithExtension<PetabridgeCmd, Provider>();

    public bool RegisterCommandPalette(CommandPaletteHandler handler)
    {
        ToldPalettes.Add(handler);
        handler.OnRegister(this);
        return true;
    }

    public void Start() => ToldStart = true;

    private sealed class Provider : ExtensionIdProvider<PetabridgeCmd>
    {
        public override PetabridgeCmd CreateExtension(ExtendedActorSystem system) => new();
    }
}
