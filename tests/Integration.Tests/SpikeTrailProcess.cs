using System.Diagnostics;
using System.Text;

namespace SpikeTrail.Integration.Tests;

/// <summary>How a run of the program ended.</summary>
internal sealed record ProcessEnd(int ExitCode, string Output, string Error);

/// <summary>The real program in a process of its own: what a user at a shell would see.</summary>
internal sealed class SpikeTrailProcess : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Dictionary<string, TaskCompletionSource> _awaited = [];
    private int _openStreams = 2;

    private SpikeTrailProcess(string workingFolder, string[] commandLine)
    {
        _process = new Process
        {
            StartInfo = new(commandLine[0], commandLine[1..])
            {
                WorkingDirectory = workingFolder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // Several programs at once on few cores: a team of threads in each would spin away the others' time.
                Environment = { ["OMP_NUM_THREADS"] = "1" },
            },
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data, _output);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, _error);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public static SpikeTrailProcess Start(string workingFolder, params string[] arguments) => StartUnder([], workingFolder, arguments);

    /// <summary>Starts the program through another one that becomes it, such as <c>ip netns exec NAME</c>.</summary>
    public static SpikeTrailProcess StartUnder(string[] other, string workingFolder, params string[] arguments) =>
        new(workingFolder, [.. other, "dotnet", Path.Combine(AppContext.BaseDirectory, "spiketrail.dll"), .. arguments]);

    /// <summary>Runs the program to its end.</summary>
    public static async Task<ProcessEnd> RunAsync(string workingFolder, params string[] arguments)
    {
        using var process = Start(workingFolder, arguments);
        return await process.EndAsync();
    }

    public async Task<ProcessEnd> EndAsync()
    {
        await _process.WaitForExitAsync();
        lock (_lock)
        {
            return new(_process.ExitCode, _output.ToString(), _error.ToString());
        }
    }

    /// <summary>Waits until the program has written a line that contains the text, to either stream.</summary>
    public Task SeesAsync(string text)
    {
        lock (_lock)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal) || _error.ToString().Contains(text, StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            if (!_awaited.TryGetValue(text, out var seen))
            {
                _awaited.Add(text, seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return seen.Task;
        }
    }

    /// <summary>Waits for a line of standard output that contains the text, and returns it.</summary>
    public async Task<string> LineAsync(string text)
    {
        await SeesAsync(text);
        lock (_lock)
        {
            return _output.ToString().Split('\n').First(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>What a service manager does to end it.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>What a machine does that stands still: nothing runs, no connection is closed.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Ends the standstill.</summary>
    public void Thaw() => Signal("CONT");

    /// <summary>Bytes of memory that it has in use.</summary>
    public long Memory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>What it has written so far, to both streams.</summary>
    public string Written()
    {
        lock (_lock)
        {
            return $"{_output}{_error}";
        }
    }

    /// <summary>What a crash does: no time to clean up.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    private void Take(string? line, StringBuilder text)
    {
        lock (_lock)
        {
            if (line is not null)
            {
                text.Append(line).Append('\n');
                foreach (var (_, seen) in _awaited.Where(pair => line.Contains(pair.Key, StringComparison.Ordinal)))
                {
                    seen.TrySetResult();
                }
            }
            else if (--_openStreams == 0)
            {
                // Whoever still waits would wait for ever.
                foreach (var (awaited, seen) in _awaited)
                {
                    seen.TrySetException(new EndOfStreamException($"the program ended without a line that contains '{awaited}'; it wrote:\n{_output}{_error}"));
                }
            }
        }
    }
}
