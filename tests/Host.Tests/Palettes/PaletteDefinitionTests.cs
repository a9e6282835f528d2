using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Palettes;

public sealed class PaletteDefinitionTests
{
    private static readonly CommandGrammar Grammar = PaletteCatalog.Grammar;

    private static IEnumerable<CommandDefinition> Commands => Grammar.Palettes.SelectMany(palette => palette.Commands);

    [Fact]
    public void The_palettes_are_those_that_operators_were_promised() =>
        Assert.Equal(
            [
                "campaign: start list status tail pause resume cancel retry report",
                "pipeline: show move",
                "device: show",
                "cluster: show status leader tail leave down",
            ],
            Grammar.Palettes.Select(palette => $"{palette.Name}: {string.Join(' ', palette.Commands.Select(command => command.Name))}"));

    [Fact]
    public void Switches_and_names_mean_one_argument_each() => Assert.All(Commands, command =>
    {
        var switches = command.Arguments.SelectMany(argument => argument.Switches).ToList();
        Assert.Equal(switches.Distinct(), switches);
        Assert.All(switches, written => Assert.Matches("^(-[a-z]|--[a-z-]+)$", written));
        Assert.True(command.Arguments.Count(argument => argument.IsDefault) <= 1);
        Assert.Equal(command.Arguments.DistinctBy(argument => argument.Name).Count(), command.Arguments.Count);
    });

    [Fact]
    public void Descriptions_are_sentences() =>
        Assert.All(
            [.. Grammar.Palettes.Select(palette => palette.Description), .. Commands.Select(command => command.Description), .. Commands.SelectMany(command => command.Arguments).Select(argument => argument.Description)],
            description => Assert.Matches(@"^[A-Z0-9].*\.$", description));

    [Fact]
    public void Help_lists_every_command_and_explains_every_argument()
    {
        var all = PaletteHelp.Of(Grammar);
        foreach (var palette in Grammar.Palettes)
        {
            foreach (var command in palette.Commands)
            {
                Assert.Contains(CommandGrammar.Usage(palette, command), all, StringComparison.Ordinal);
                var help = PaletteHelp.Of(Grammar, palette.Name, command.Name);
                Assert.All(command.Arguments, argument => Assert.Contains(argument.Description, help, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("campain", "unknown palette campain; did you mean campaign?")]
    [InlineData("campaign begin", "campaign: unknown command begin")]
    [InlineData("campaign start demo", "help: expected a palette and a command at most")]
    public void Help_on_what_is_not_there_is_refused(string about, string refusal) =>
        Assert.StartsWith(refusal, Assert.Throws<InputException>(() => PaletteHelp.Of(Grammar, about.Split(' '))).Message, StringComparison.Ordinal);
}
