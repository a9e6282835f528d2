using System.CommandLine;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary>A command line that cannot be parsed, in one line: what is wrong, and what may have been meant.</summary>
internal static class ParseErrors
{
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"see {PathTo(command)} --help";
        return parsed.UnmatchedTokens is [var unknown, ..]
            ? Unknown(unknown, command) + help
            : $"{parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')}; {help}";
    }

    private static string Unknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        var known = isOption
            ? Options(command).SelectMany(option => option.Aliases.Append(option.Name))
            : command.Subcommands.Select(subcommand => subcommand.Name);
        var kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return Suggestion.Ask(token, known) is { Length: > 0 } suggestion ? $"unknown {kind} {token}{suggestion} " : $"unknown {kind} {token}; ";
    }

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)));

    private static string PathTo(Command command) =>
        command is RootCommand ? "spiketrail" : $"{PathTo(command.Parents.OfType<Command>().Single())} {command.Name}";
}
