using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Palettes;

/// <summary>One argument of a command.</summary>
/// <param name="Name">What it stands for, such as <c>campaign</c>.</param>
/// <param name="Switches">How it is written, the usual way first, such as <c>-c</c> and <c>--campaign</c>.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Mandatory">Whether the command needs it.</param>
/// <param name="Multiple">Whether it may be given several times.</param>
/// <param name="IsDefault">Whether a value without a switch is this one's.</param>
/// <param name="IsFile">Whether it may name a file: a client then makes the path of one that it sees absolute.</param>
public sealed record ArgumentDefinition(
    string Name, IReadOnlyList<string> Switches, string Description, bool Mandatory = false, bool Multiple = false, bool IsDefault = false, bool IsFile = false);

/// <summary>A command of a palette.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record CommandDefinition(string Name, string Description, IReadOnlyList<ArgumentDefinition> Arguments);

/// <summary>Commands that belong together, such as <c>campaign</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Commands">Its commands.</param>
public sealed record PaletteDefinition(string Name, string Description, IReadOnlyList<CommandDefinition> Commands);

/// <summary>A command as somebody gave it: see <see cref="CommandGrammar"/> for whether it has the form it must have.</summary>
/// <param name="Palette">The palette.</param>
/// <param name="Command">The command.</param>
/// <param name="Arguments">Its arguments, in the order in which they were given.</param>
public sealed record PaletteCommand(string Palette, string Command, IReadOnlyList<GivenArgument> Arguments);

/// <summary>An argument's value.</summary>
/// <param name="Name">The argument's name, not the switch it was written with.</param>
/// <param name="Value">The value.</param>
[method: JsonConstructor]
public readonly record struct GivenArgument(string Name, string Value);

/// <summary>Some of a command's answer. The last one ends it.</summary>
/// <param name="Text">The text, one line or several.</param>
/// <param name="Final">Whether nothing more comes.</param>
/// <param name="IsError">Whether the command failed.</param>
/// <param name="IsBadInput">Whether it failed because of how it was given, or of a file that it names: as it is, it will never do.</param>
public sealed record PaletteResponse(string Text, bool Final = true, bool IsError = false, bool IsBadInput = false)
{
    /// <summary>The answer to a command that cannot be used.</summary>
    public static PaletteResponse Refusing(InputException input) => new(input.Message, IsError: true, IsBadInput: true);
}
