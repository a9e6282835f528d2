using SpikeTrail.Host.Commands;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Cli.Prompt;

/// <summary>Commands from a terminal, one after the other.</summary>
internal sealed class CommandPrompt(CommandSession session, CommandAddress address)
{
    /// <summary>Reads and does commands until there are no more.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        try
        {
            Console.WriteLine($"SpikeTrail {await session.GreetAsync()} at {address}; Tab completes, `help` lists the commands, `exit` leaves");
        }
        catch (CommandConnectionException failure)
        {
            Console.Error.WriteLine($"error: {failure.Message}");
            return ExitCode.Failed;
        }

        var editor = new LineEditor($"[{address}] spiketrail> ", line => CommandCompletion.Of(PaletteCatalog.Grammar, line));
        while (editor.Read() is { } line)
        {
            try
            {
                var words = CommandWords.Split(line);
                if (CommandSession.IsExit(words))
                {
                    break;
                }

                if (words.Length > 0)
                {
                    // Whatever becomes of it, the operator is there to see it.
                    await session.RunInterruptiblyAsync(words);
                }
            }
            catch (InputException refusal)
            {
                Console.Error.WriteLine($"error: {refusal.Message}");
            }
        }

        return ExitCode.Done;
    }
}
