namespace SpikeTrail.Snn.Execution;

/// <summary>
/// A piece of work as a sequence of passes: a training epoch, a test, a shard of an attack. Whoever runs it takes a
/// pass, runs it, leaves the outcome in it, and asks for the next, which the job may build from that outcome. The job
/// owns its passes and disposes each when asked for the next.
/// </summary>
public interface IPassJob
{
    /// <summary>The passes in order. To be enumerated once.</summary>
    IEnumerable<BatchPass> Passes();

    /// <summary>Image passes the whole job takes (see <see cref="BatchPass.Cost"/>).</summary>
    long Cost { get; }

    /// <summary>What the images measured so far came to.</summary>
    PassTotals Totals { get; }

    /// <summary>Share of exact zeros in the input gradients so far; null where none is taken.</summary>
    double? InputZeroFraction => null;
}
