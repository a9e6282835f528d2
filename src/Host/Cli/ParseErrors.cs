using System.CommandLine;
using System.CommandLine.Parsing;
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
            : $"{Describe(parsed.Errors[0])}; {help}";
    }

    /// <summary>The library's own words name .NET's types where a value is none of an option's type.</summary>
    private static string Describe(ParseError error) =>
        error is { SymbolResult: OptionResult { Option: var option, Tokens: [var token] } } && error.Message.Contains(option.ValueType.ToString(), StringComparison.Ordinal)
            ? $"{option.Name}: expected {Kind(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType)}, found \"{token.Value}\""
            : error.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static string Kind(Type type) =>
        type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : "another kind of value";

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
