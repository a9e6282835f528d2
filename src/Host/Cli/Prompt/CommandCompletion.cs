using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Cli.Prompt;

/// <summary>How the word under way may go on.</summary>
internal static class CommandCompletion
{
    /// <summary>The whole words that it may become, as they are to be written; none where anything may stand.</summary>
    public static IReadOnlyList<string> Of(CommandGrammar grammar, string line)
    {
        var (before, last) = CommandWords.SplitUnfinished(line);
        return
        [
            .. Candidates(grammar, before, last)
                .Where(candidate => candidate.StartsWith(last, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Distinct(),
        ];
    }

    /// <summary>What the candidates have in common from their beginning.</summary>
    public static string CommonStart(IReadOnlyList<string> candidates) => candidates.Aggregate((common, candidate) =>
        common[..common.AsSpan().CommonPrefixLength(candidate)]);

    private static IEnumerable<string> Candidates(CommandGrammar grammar, string[] before, string last) => before switch
    {
        [] => [.. grammar.Palettes.Select(palette => palette.Name), CommandSession.Help, "exit"],
        [CommandSession.Help] => grammar.Palettes.Select(palette => palette.Name),
        [CommandSession.Help, var palette] => Commands(grammar, palette),
        [CommandSession.Help, ..] => [],
        [var palette] => Commands(grammar, palette),
        [var palette, var command, .. var given] => Arguments(grammar, palette, command, given, last),
    };

    private static IEnumerable<string> Commands(CommandGrammar grammar, string palette) =>
        grammar.Palettes.Where(known => known.Name == palette).SelectMany(known => known.Commands).Select(command => command.Name);

    private static IEnumerable<string> Arguments(CommandGrammar grammar, string palette, string command, string[] given, string last)
    {
        var definition = grammar.Palettes.Where(known => known.Name == palette).SelectMany(known => known.Commands).FirstOrDefault(known => known.Name == command);
        if (definition is null)
        {
            return [];
        }

        var awaited = given is [.., var previous] ? definition.Arguments.FirstOrDefault(argument => argument.Switches.Contains(previous)) : null;
        if (awaited is not null)
        {
            return awaited.IsFile ? Files(last) : [];
        }

        var free = definition.Arguments.Where(argument => argument.Multiple || !IsGiven(definition, argument, given)).ToList();
        return last.StartsWith('-') ? free.SelectMany(argument => argument.Switches)
            : free.Exists(argument => argument is { IsDefault: true, IsFile: true }) ? Files(last)
            : [];
    }

    private static bool IsGiven(CommandDefinition definition, ArgumentDefinition argument, string[] given)
    {
        for (var i = 0; i < given.Length; i++)
        {
            if (argument.Switches.Contains(given[i]))
            {
                return true;
            }

            if (definition.Arguments.Any(other => other.Switches.Contains(given[i])))
            {
                // Its value.
                i++;
            }
            else if (argument.IsDefault)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Files and folders whose path begins so; a folder ends in a slash.</summary>
    private static IEnumerable<string> Files(string start)
    {
        var folder = Path.GetDirectoryName(start) is { Length: > 0 } named ? named : start.StartsWith('/') ? "/" : ".";
        var prefix = start[..(start.LastIndexOf('/') + 1)];
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => prefix + entry.Name + (entry is DirectoryInfo ? "/" : ""))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
