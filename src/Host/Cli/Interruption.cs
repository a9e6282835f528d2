using System.Runtime.InteropServices;

namespace SpikeTrail.Host.Cli;

/// <summary>
/// Ctrl+C, and a service manager's request to stop: the first asks the campaign to stop where nothing is lost, the
/// second ends the program at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Action _onFirst;
    private PosixSignal _first;

    public Interruption(Action onFirst)
    {
        _onFirst = onFirst;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    public CancellationToken Token => _source.Token;

    public bool Requested => _source.IsCancellationRequested;

    /// <summary>How a program ends that was stopped by it.</summary>
    public int ExitCode => _first == PosixSignal.SIGTERM ? Cli.ExitCode.Terminated : Cli.ExitCode.Interrupted;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        // The source is not disposed: a signal that is being handled just now still reaches for it.
    }

    private void Handle(PosixSignalContext context)
    {
        // The second signal keeps its usual meaning.
        context.Cancel = !Requested;
        if (context.Cancel)
        {
            _first = context.Signal;
            _source.Cancel();
            _onFirst();
        }
    }
}
