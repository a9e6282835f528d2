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

    private SpikeTrailProcess(string workingFolder, string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "spiketrail.dll"), .. arguments])
            {
                WorkingDirectory = workingFolder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data, _output);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, _error);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static SpikeTrailProcess Start(string workingFolder, params string[] arguments) => new(workingFolder, arguments);

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

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add(text, seen);
            return seen.Task;
        }
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>What a service manager does.</summary>
    public void Terminate() => Signal("TERM");

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
