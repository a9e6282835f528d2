using System.CommandLine;
using System.CommandLine.Help;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary>The program's commands, and what becomes of a command line that fits none or ends in an exception.</summary>
internal static class CommandLine
{
    private const string TraceVariable = "SPIKETRAIL_TRACE";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Commands().Parse(CmdCommand.MarkNodesCommand(arguments));
        if (arguments.Length > 0 && parsed.Errors.Count > 0)
        {
            return await RefuseAsync(ParseErrors.Describe(parsed), ExitCode.BadInput);
        }

        try
        {
            // Exceptions are told below; Ctrl+C is a campaign's own business.
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (InputException exception)
        {
            return await RefuseAsync(exception.Message + Trace(exception), ExitCode.BadInput);
        }
        catch (StorageException exception)
        {
            return await RefuseAsync($"{exception.Message}; what is done so far is kept: mend that, and run the same command again{Trace(exception)}", ExitCode.Failed);
        }
        catch (Exception exception)
        {
            var details = Tracing ? Trace(exception) : $" (set {TraceVariable}=1 for where it happened)";
            return await RefuseAsync($"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}{details}", ExitCode.Failed);
        }
    }

    private static RootCommand Commands()
    {
        var root = new RootCommand("SpikeTrail trains spiking neural networks, attacks them, and shows where their gradients vanish.")
        {
            DemoCommand.Create(),
            RunCommand.Create(),
            NodeCommand.Create(),
            PlacementCommand.Create(),
            ReportCommand.Create(),
            CompareCommand.Create(),
            VerifyCommand.Create(),
            BenchCommand.Create(),
            DoctorCommand.Create(),
            DataCommand.Create(),
            WeightsCommand.Create(),
            CmdCommand.Create(),
        };

        // Without a command: what there is to choose from.
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static bool Tracing => Environment.GetEnvironmentVariable(TraceVariable) == "1";

    private static string Trace(Exception exception) => Tracing ? Environment.NewLine + exception : "";

    private static async Task<int> RefuseAsync(string line, int exitCode)
    {
        await Console.Error.WriteLineAsync($"error: {line}");
        return exitCode;
    }
}
