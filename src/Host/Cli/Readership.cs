using System.Runtime.InteropServices;

namespace SpikeTrail.Host.Cli;

/// <summary>Notices when whoever reads what this program prints has left, as <c>head</c> does after its lines.</summary>
internal sealed class Readership : IDisposable
{
    // SIGPIPE, which .NET passes on but has no name for.
    private const PosixSignal NobodyReads = (PosixSignal)13;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration? _signal;

    public Readership() => _signal = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(NobodyReads, context =>
    {
        context.Cancel = true;
        _source.Cancel();
    });

    /// <summary>Cancelled once something was printed that nobody reads.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it has left.</summary>
    public bool IsGone => _source.IsCancellationRequested;

    // The source is not disposed: a signal that is being handled just now still reaches for it.
    public void Dispose() => _signal?.Dispose();
}
