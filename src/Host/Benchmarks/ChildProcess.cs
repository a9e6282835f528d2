using System.Diagnostics;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>This program in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onLine">Is given each line that it writes to standard output or error, as it comes, on any thread.</param>
    /// <param name="cancellation">Ends it, and whatever it has started.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void Run(IEnumerable<string> arguments, Action<string> onLine, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        var lastError = "";
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            lastError = line.Data ?? lastError;
            Take(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using (cancellation.Register(() => Kill(process)))
        {
            process.WaitForExit();
        }

        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"spiketrail {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {lastError}");
        }

        void Take(string? line)
        {
            if (line is not null)
            {
                onLine(line);
            }
        }
    }

    /// <summary>The way this process was started: by its own name, or by dotnet.</summary>
    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var started = Environment.ProcessPath ?? "dotnet";
        var program = typeof(ChildProcess).Assembly.Location;
        var isOwnName = Path.GetFileNameWithoutExtension(started) == Path.GetFileNameWithoutExtension(program);
        return new(started, isOwnName ? arguments : [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
