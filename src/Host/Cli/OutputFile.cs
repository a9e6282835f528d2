using System.CommandLine;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary>A file that a command writes at its end.</summary>
internal static class OutputFile
{
    /// <summary>The file an option names, or null where it names none: one that can be written later, as far as can be told before.</summary>
    /// <exception cref="InputException">It is a folder, or its folder does not exist.</exception>
    public static string? Of(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { } file ? null
        : file.Length == 0 ? throw new InputException($"{option.Name}: expected a file, got an empty name")
        : Directory.Exists(file) ? throw new InputException($"{option.Name} {file}: is a folder, expected a file")
        : Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) ? file
        : throw new InputException($"{option.Name} {file}: there is no such folder");
}
