using Akka.Actor;
using Petabridge.Cmd.Host;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Petabridge;

/// <summary>
/// The palettes for users of <c>pbm</c>: each command is translated, done by whoever does it for <c>spiketrail cmd</c>, and its
/// responses are translated back. Where Petabridge.Cmd listens is set in hocon/cluster.conf.
/// </summary>
/// <remarks>
/// Written from public samples. It has never been compiled against the real package or met a real <c>pbm</c>: its tests hold it
/// against a stand-in with the members that those samples use.
/// </remarks>
public static class PetabridgeAdapter
{
    /// <summary>Registers the palettes with Petabridge.Cmd, and starts it.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="grammar">The palettes.</param>
    /// <param name="palettes">The actor that does a client's commands: takes a <see cref="PaletteCommand"/>, answers with <see cref="PaletteResponse"/>s.</param>
    public static void Register(ActorSystem system, CommandGrammar grammar, Props palettes)
    {
        var host = PetabridgeCmd.Get(system);
        foreach (var palette in grammar.Palettes)
        {
            host.RegisterCommandPalette(new PaletteHandler(grammar, palette, palettes));
        }

        host.Start();
    }
}
