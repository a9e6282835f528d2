using SpikeTrail.Host.Commands;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Cli;

/// <summary>An operator's side of a node's commands: reads them, gives them, prints what comes back.</summary>
internal sealed class CommandSession(CommandClient client, TextWriter output, TextWriter errors)
{
    public const string Help = "help";

    private static readonly string[] Exit = ["exit", "quit"];

    /// <summary>Whether a command ends the session.</summary>
    public static bool IsExit(string[] words) => words is [var only] && Exit.Contains(only);

    /// <summary>Looks whether the node is there, and returns its version.</summary>
    /// <exception cref="CommandConnectionException">It is not.</exception>
    public Task<string> GreetAsync() => client.GreetAsync(CancellationToken.None);

    /// <summary>Does one command, until it is done, or Ctrl+C, or nobody reads what it prints.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunInterruptiblyAsync(string[] words) => InterruptiblyAsync(cancellation => RunAsync(words, cancellation));

    /// <summary>Does the commands of a text, one a line, until one fails. Empty lines and those that begin with # are passed over.</summary>
    /// <returns>The exit code of the one that failed, or that of success.</returns>
    public Task<int> RunAllAsync(TextReader lines) => InterruptiblyAsync(cancellation => RunAllAsync(lines, cancellation));

    private async Task<int> RunAllAsync(TextReader lines, CancellationToken cancellation)
    {
        var code = ExitCode.Done;
        while (code == ExitCode.Done && !cancellation.IsCancellationRequested && await lines.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.TrimStart() is ['#', ..])
            {
                continue;
            }

            var words = CommandWords.Split(line);
            if (IsExit(words))
            {
                break;
            }

            code = words.Length == 0 ? code : await RunAsync(words, cancellation);
        }

        return code;
    }

    private static async Task<int> InterruptiblyAsync(Func<CancellationToken, Task<int>> run)
    {
        using var interruption = new Interruption(() => { });
        try
        {
            return await run(interruption.Token);
        }
        catch (IOException)
        {
            // Whoever reads what is printed has seen enough.
            return ExitCode.Done;
        }
    }

    /// <summary>Does one command.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] words, CancellationToken cancellation)
    {
        try
        {
            if (words is [Help, .. var about])
            {
                await output.WriteLineAsync(PaletteHelp.Of(PaletteCatalog.Grammar, about));
                return ExitCode.Done;
            }

            return await GiveAsync(WithWholePaths(PaletteCatalog.Grammar.Parse(words)), cancellation);
        }
        catch (InputException refusal)
        {
            await errors.WriteLineAsync($"error: {refusal.Message}");
            return ExitCode.BadInput;
        }
        catch (CommandConnectionException failure)
        {
            await errors.WriteLineAsync($"error: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private async Task<int> GiveAsync(PaletteCommand command, CancellationToken cancellation)
    {
        var code = ExitCode.Done;
        await foreach (var response in client.RunAsync(command, cancellation))
        {
            code = response.IsBadInput ? ExitCode.BadInput : response.IsError ? ExitCode.Failed : code;
            if (response.Text.Length > 0)
            {
                var text = Printable(response.Text);
                await (response.IsError ? errors.WriteLineAsync($"error: {text}") : output.WriteLineAsync(text));
            }
        }

        return code;
    }

    /// <summary>A node has its own current folder: a file that is seen from here is given with its whole path.</summary>
    private static PaletteCommand WithWholePaths(PaletteCommand command)
    {
        var definition = CommandGrammar.Command(PaletteCatalog.Grammar.Palette(command.Palette), command.Command);
        return command with
        {
            Arguments =
            [
                .. command.Arguments.Select(given => definition.Arguments.Single(argument => argument.Name == given.Name).IsFile && File.Exists(given.Value)
                    ? given with { Value = Path.GetFullPath(given.Value) }
                    : given),
            ],
        };
    }

    /// <summary>What a node says moves no cursor and changes no colour here.</summary>
    private static string Printable(string text) =>
        new([.. text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? '?' : letter)]);
}
