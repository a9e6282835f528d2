using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>What the palettes' definitions say, for a terminal.</summary>
internal static class PaletteHelp
{
    /// <summary>The help on everything, on a palette, or on a command of one.</summary>
    /// <exception cref="InputException">There is no such palette or command.</exception>
    public static string Of(CommandGrammar grammar, params string[] about) => about switch
    {
        [] => string.Join("\n\n", [.. grammar.Palettes.Select(Of), "help PALETTE COMMAND shows a command's arguments"]),
        [var palette] => Of(grammar.Palette(palette)),
        [var palette, var command] => Of(grammar.Palette(palette), CommandGrammar.Command(grammar.Palette(palette), command)),
        _ => throw new InputException("help: expected a palette and a command at most, such as help campaign start"),
    };

    private static string Of(PaletteDefinition palette)
    {
        var table = new TextTable($"{palette.Name}: {palette.Description}", "");
        foreach (var command in palette.Commands)
        {
            table.Add($"  {CommandGrammar.Usage(palette, command)}", command.Description);
        }

        return Text(table);
    }

    private static string Of(PaletteDefinition palette, CommandDefinition command)
    {
        var usage = $"{CommandGrammar.Usage(palette, command)}\n\n{command.Description}";
        if (command.Arguments.Count == 0)
        {
            return usage;
        }

        var table = new TextTable("", "");
        foreach (var argument in command.Arguments)
        {
            table.Add($"  {string.Join(", ", argument.Switches)} {CommandGrammar.Placeholder(argument)}", argument.Description);
        }

        return $"{usage}\n{Text(table)}";
    }

    private static string Text(TextTable table) => table.ToPlain().TrimEnd('\n');
}
