using System.Globalization;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>The arguments of a command whose form is right; what their values mean is checked here, in one line that names the switch.</summary>
internal sealed class CommandArguments(PaletteCommand command)
{
    public string Text(ArgumentDefinition argument) => TextOrNull(argument) ?? throw new InvalidOperationException($"{argument.Name} is not mandatory");

    public string? TextOrNull(ArgumentDefinition argument) => Texts(argument).FirstOrDefault();

    public IEnumerable<string> Texts(ArgumentDefinition argument) => command.Arguments.Where(given => given.Name == argument.Name).Select(given => given.Value);

    /// <summary>A campaign's name.</summary>
    public CampaignId Campaign(ArgumentDefinition argument) => CampaignIdOf(argument, Text(argument));

    /// <summary>A campaign's name, from wherever it comes, or the reason why no campaign can have it.</summary>
    public CampaignId CampaignIdOf(ArgumentDefinition argument, string name) => CampaignId.IsValid(name)
        ? new(name)
        : throw Wrong(argument, "a campaign's name: up to 64 small letters, digits, '.', '-' and '_', beginning with a letter or a digit", name);

    /// <summary>A whole number of at least 0, or null where it is not given.</summary>
    public int? IndexOrNull(ArgumentDefinition argument) =>
        TextOrNull(argument) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index
        : throw Wrong(argument, "a whole number of at least 0", text);

    public InputException Wrong(ArgumentDefinition argument, string expected, string found) =>
        new($"{command.Palette} {command.Command}: {CommandGrammar.Written(argument)}: expected {expected}, got {found}");
}
