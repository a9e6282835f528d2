namespace SpikeTrail.Protocol.Palettes;

/// <summary>
/// How commands are written, which is pbm's way: <c>PALETTE COMMAND -switch value …</c>, where the value of one argument may
/// stand without its switch. Clients read commands by it, and whoever carries one out holds it against the same rules.
/// </summary>
/// <param name="palettes">The palettes there are.</param>
public sealed class CommandGrammar(IReadOnlyList<PaletteDefinition> palettes)
{
    // Longer than any name: what is longer was never meant to be one.
    private const int LongestName = 40;

    /// <summary>The palettes there are.</summary>
    public IReadOnlyList<PaletteDefinition> Palettes { get; } = palettes;

    /// <summary>Reads a command.</summary>
    /// <param name="words">Its words, such as <c>campaign</c>, <c>status</c>, <c>demo</c>.</param>
    /// <exception cref="InputException">There is no such command, or its arguments are not what it takes.</exception>
    public PaletteCommand Parse(params string[] words)
    {
        if (words is not [var paletteName, .. var rest])
        {
            throw new InputException($"expected a palette: {Names(Palettes.Select(known => known.Name))}");
        }

        var palette = Palette(paletteName);
        if (rest is not [var commandName, .. var given])
        {
            throw new InputException($"{palette.Name}: expected a command: {Names(palette.Commands.Select(known => known.Name))}; {Help(palette)}");
        }

        var command = Command(palette, commandName);
        var values = new List<GivenArgument>();
        using var word = given.AsEnumerable().GetEnumerator();
        while (word.MoveNext())
        {
            values.Add(Argument(palette, command, word));
        }

        return Check(new PaletteCommand(palette.Name, command.Name, values));
    }

    /// <summary>Holds a command, wherever it comes from, against its definition; returns it as it is.</summary>
    /// <exception cref="InputException">There is no such command, or its arguments are not what it takes.</exception>
    public PaletteCommand Check(PaletteCommand given)
    {
        var palette = Palette(given.Palette);
        var command = Command(palette, given.Command);
        foreach (var (name, _) in given.Arguments)
        {
            if (command.Arguments.All(argument => argument.Name != name))
            {
                throw new InputException($"{palette.Name} {command.Name}: unknown argument {Short(name)}; {Help(palette, command)}");
            }
        }

        foreach (var argument in command.Arguments)
        {
            var values = given.Arguments.Where(value => value.Name == argument.Name).Select(value => value.Value).ToList();
            if (values.Count == 0 && argument.Mandatory)
            {
                throw new InputException($"{palette.Name} {command.Name}: missing {Written(argument)}; {Help(palette, command)}");
            }

            if (values.Count > 1 && !argument.Multiple)
            {
                throw new InputException($"{palette.Name} {command.Name}: {Written(argument)} is given {values.Count} times, expected once; {Help(palette, command)}");
            }

            if (values.Exists(value => value.Length == 0 || value.Any(char.IsControl)))
            {
                throw new InputException($"{palette.Name} {command.Name}: {Written(argument)} is empty or has characters that cannot be written; {Help(palette, command)}");
            }
        }

        return given;
    }

    /// <summary>The palette of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public PaletteDefinition Palette(string name) =>
        Palettes.FirstOrDefault(palette => palette.Name == name)
        ?? throw new InputException($"unknown palette {Short(name)}{Known(name, Palettes.Select(palette => palette.Name))}");

    /// <summary>A palette's command of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static CommandDefinition Command(PaletteDefinition palette, string name) =>
        palette.Commands.FirstOrDefault(command => command.Name == name)
        ?? throw new InputException($"{palette.Name}: unknown command {Short(name)}{Known(name, palette.Commands.Select(command => command.Name))}");

    /// <summary>How an argument is written: <c>CAMPAIGN</c> where it may stand alone, otherwise <c>-n NAME</c>.</summary>
    public static string Written(ArgumentDefinition argument) =>
        argument.IsDefault ? Placeholder(argument) : $"{argument.Switches[0]} {Placeholder(argument)}";

    /// <summary>How a command is written, such as <c>campaign start FILE [-n NAME]</c>.</summary>
    public static string Usage(PaletteDefinition palette, CommandDefinition command) =>
        string.Join(' ', [palette.Name, command.Name, .. command.Arguments.Select(argument => (argument.Mandatory, argument.Multiple) switch
        {
            (true, false) => Written(argument),
            (true, true) => $"{Written(argument)} …",
            (false, false) => $"[{Written(argument)}]",
            (false, true) => $"[{Written(argument)} …]",
        })]);

    /// <summary>What stands for an argument's value: <c>CAMPAIGN</c>.</summary>
    public static string Placeholder(ArgumentDefinition argument) => argument.Name.ToUpperInvariant();

    private static GivenArgument Argument(PaletteDefinition palette, CommandDefinition command, IEnumerator<string> word)
    {
        var text = word.Current;
        if (!text.StartsWith('-'))
        {
            return command.Arguments.FirstOrDefault(argument => argument.IsDefault) is { } alone
                ? new(alone.Name, text)
                : throw new InputException($"{palette.Name} {command.Name}: unexpected {Short(text)}; {Help(palette, command)}");
        }

        if (command.Arguments.FirstOrDefault(argument => argument.Switches.Contains(text)) is not { } named)
        {
            var known = command.Arguments.SelectMany(argument => argument.Switches);
            throw new InputException($"{palette.Name} {command.Name}: unknown switch {Short(text)}{Ask(text, known)}; {Help(palette, command)}");
        }

        // A switch where the value should be: the value was forgotten.
        return word.MoveNext() && !command.Arguments.Any(argument => argument.Switches.Contains(word.Current))
            ? new(named.Name, word.Current)
            : throw new InputException($"{palette.Name} {command.Name}: {text} expects a value: {text} {Placeholder(named)}; {Help(palette, command)}");
    }

    private static string Known(string name, IEnumerable<string> known) => $"{Ask(name, known)} (there are {Names(known)})";

    private static string Ask(string name, IEnumerable<string> known) => name.Length > LongestName ? "" : Suggestion.Ask(name, known);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private static string Help(PaletteDefinition palette, CommandDefinition? command = null) =>
        command is null ? $"see `help {palette.Name}`" : $"see `help {palette.Name} {command.Name}`";

    /// <summary>What was typed, fit for a line of a log.</summary>
    private static string Short(string text)
    {
        var printable = new string([.. text.Take(LongestName).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter)]);
        return text.Length > LongestName ? $"{printable}…" : printable;
    }
}
