using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>This program in a process of its own.</summary>
internal static class ChildProcess
{
    // Names the parent in the child's environment.
    private const string Parent = "SPIKETRAIL_PARENT";

    // Of Linux.
    private const int SetParentDeathSignal = 1;
    private const nuint KillSignal = 9;

    /// <summary>
    /// Has this process, where it is such a child, end with its parent however that ends: one that is killed cannot end its
    /// children any more. On Linux alone.
    /// </summary>
    public static void EndWithParent()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Parent) is not { } parent)
        {
            return;
        }

        // Not that of what this process starts in its turn.
        Environment.SetEnvironmentVariable(Parent, null);

        // The signal comes when the thread ends that started this process; it waits for it in Run.
        _ = Control(SetParentDeathSignal, KillSignal);
        if (ParentId().ToString(CultureInfo.InvariantCulture) != parent)
        {
            // It ended before.
            Environment.Exit(1);
        }
    }

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
        return new(started, isOwnName ? arguments : [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Parent] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) },
        };
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

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint argument);

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ParentId();
}
