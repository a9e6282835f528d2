using System.Text;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Palettes;

/// <summary>docs/commands.md against the definitions.</summary>
public sealed class CommandsDocTests
{
    [Fact]
    public void The_reference_says_what_the_definitions_say()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "commands.md"));
        var reference = Reference();

        // Whoever changes a definition finds the new text beside the tests.
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "commands-reference.md"), reference);
        Assert.Contains(reference, document, StringComparison.Ordinal);
    }

    private static string Reference()
    {
        var text = new StringBuilder();
        foreach (var palette in PaletteCatalog.Grammar.Palettes)
        {
            text.Append($"### {palette.Name}\n\n{palette.Description}\n\n| command | |\n|---|---|\n");
            foreach (var command in palette.Commands)
            {
                text.Append($"| `{CommandGrammar.Usage(palette, command)}` | {command.Description} |\n");
                // An argument that stands alone says by itself what it is.
                foreach (var argument in command.Arguments.Where(_ => command.Arguments is not [{ IsDefault: true }]))
                {
                    text.Append($"| &emsp;{string.Join(", ", argument.Switches.Select(written => $"`{written}`"))} `{CommandGrammar.Placeholder(argument)}` | {argument.Description} |\n");
                }
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}
