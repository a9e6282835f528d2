using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>A command: how it is written, and what it does. <paramref name="Plan"/> refuses with an <c>InputException</c>.</summary>
internal sealed record PaletteEntry(CommandDefinition Definition, Func<CommandArguments, PaletteContext, CommandAction> Plan);

/// <summary>Commands that belong together.</summary>
internal sealed record Palette(string Name, string Description, IReadOnlyList<PaletteEntry> Entries)
{
    public PaletteDefinition Definition => new(Name, Description, [.. Entries.Select(entry => entry.Definition)]);
}
