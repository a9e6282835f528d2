using System.Diagnostics;
using System.Text;

namespace SpikeTrail.ChaosCampaign;

/// <summary>One run of the program, from its start to its end or to its death.</summary>
internal sealed class Sitting : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _folder;
    private volatile bool _resumed;

    private Sitting(string program, string campaign, string folder)
    {
        _folder = folder;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, "run", campaign, "--out", folder]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All it said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts the program on a campaign.</summary>
    public static Sitting Start(string program, string campaign, string folder) => new(program, campaign, folder);

    /// <summary>Waits for its end and says how it ended.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>
    /// Kills it with SIGKILL at a moment of its work: its start does not count.
    /// </summary>
    /// <param name="aim">What it is to be at.</param>
    /// <param name="epochs">Epochs that the campaign trains.</param>
    /// <param name="begun">Whether an earlier sitting got anywhere: then this one says that it resumes once its first pass is done.</param>
    /// <param name="random">Chooses which moment.</param>
    /// <returns>Whether it was killed; false if it had ended before.</returns>
    public async Task<bool> KillAsync(Phase aim, int epochs, bool begun, Random random)
    {
        Func<bool> isAtIt = aim switch
        {
            Phase.Checkpointing => () => Wreck.CheckpointFiles(_folder).Any(Wreck.IsPart),
            Phase.Journalling => () => Wreck.IsJournalling(_folder),
            Phase.Attacking => () => Wreck.IsTrained(_folder, epochs),
            _ => () => true,
        };
        var isMoment = aim is Phase.Checkpointing or Phase.Journalling;
        var (occurrences, delay) = (isMoment ? random.Next(3) : 0, isMoment ? random.Next(3) : random.Next(500));
        if (!await UntilAsync(() => begun ? _resumed : Wreck.CheckpointFiles(_folder).Count > 0))
        {
            return false;
        }

        // A moment lasts about a millisecond: it is looked for without a pause, and let go by as often as was drawn.
        for (; occurrences > 0; occurrences--)
        {
            if (!Until(isAtIt) || !Until(() => !isAtIt()))
            {
                return false;
            }
        }

        if (!Until(isAtIt))
        {
            return false;
        }

        if (isMoment)
        {
            Thread.SpinWait(1_000 * delay);
        }
        else
        {
            await Task.Delay(delay);
        }

        if (_process.HasExited)
        {
            return false;
        }

        _process.Kill();
        return await EndAsync() == 128 + 9;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<bool> UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            if (_process.HasExited)
            {
                return false;
            }

            await Task.Delay(2);
        }

        return true;
    }

    private bool Until(Func<bool> isSo)
    {
        while (!isSo())
        {
            if (_process.HasExited)
            {
                return false;
            }

            Thread.Yield();
        }

        return true;
    }

    private void Hear(object sender, DataReceivedEventArgs heard)
    {
        lock (_output)
        {
            _output.AppendLine(heard.Data);
        }

        if (heard.Data?.StartsWith("resuming: ", StringComparison.Ordinal) == true)
        {
            _resumed = true;
        }
    }
}
