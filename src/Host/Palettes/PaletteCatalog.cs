using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>All palettes: the one place that every client and every host has them from.</summary>
internal static class PaletteCatalog
{
    private static readonly Palette[] All = [CampaignPalette.Palette, PipelinePalette.Palette, DevicePalette.Palette, ClusterPalette.Palette];

    public static CommandGrammar Grammar { get; } = new([.. All.Select(palette => palette.Definition)]);

    /// <summary>What a command does.</summary>
    /// <exception cref="Protocol.InputException">There is no such command, or it cannot be done as it is given.</exception>
    /// <exception cref="RefusedException">It cannot be done as things are.</exception>
    public static CommandAction Plan(PaletteCommand command, PaletteContext context)
    {
        var given = Grammar.Check(command);
        var entry = All.Single(palette => palette.Name == given.Palette).Entries.Single(entry => entry.Definition.Name == given.Command);
        return entry.Plan(new CommandArguments(given), context);
    }
}
