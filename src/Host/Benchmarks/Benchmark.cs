using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>The two programs that are compared.</summary>
internal enum Side
{
    /// <summary>The same network op by op, with autograd (<see cref="Snn.Reference.OpByOpNetwork"/>).</summary>
    Reference,

    /// <summary>SpikeTrail.</summary>
    Ours,
}

/// <summary>What a measurement counts; the name is the end of its keys in JSON.</summary>
internal enum Unit
{
    Ms,
    Bytes,
}

/// <summary>The two sides did not compute the same, so their speeds mean nothing.</summary>
internal sealed class DisagreementException(string message) : Exception(message);

/// <summary>One kind of work that both sides do.</summary>
internal abstract class Benchmark : IDisposable
{
    /// <summary>What it is called in JSON and at the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it is called in the table.</summary>
    public abstract string Title { get; }

    /// <summary>The ratio that is aimed at.</summary>
    public abstract double Target { get; }

    public virtual Unit Unit => Unit.Ms;

    /// <summary>How often each side is measured where nobody says.</summary>
    public abstract int Rounds { get; }

    /// <summary>Checks that what it needs is there: all benchmarks are asked before the first is measured.</summary>
    /// <exception cref="InputException">Something is missing.</exception>
    public abstract void CheckInput();

    /// <summary>Makes both sides ready, and checks that they agree where that can be told beforehand.</summary>
    /// <exception cref="DisagreementException">They do not.</exception>
    public virtual void Prepare()
    {
    }

    /// <summary>Has one side do the work once.</summary>
    /// <returns>Milliseconds, or bytes.</returns>
    public abstract double Measure(Side side, CancellationToken cancellation);

    /// <summary>
    /// Does one side's work in this process, which does nothing else: for benchmarks that measure whole processes.
    /// </summary>
    /// <returns>What came of it, in one line.</returns>
    /// <exception cref="InputException">There is no such process.</exception>
    public virtual string WorkAlone(Side side) => throw new InputException($"--side: {Name} has both sides in one process");

    /// <inheritdoc/>
    public abstract void Dispose();

    protected void Agree(bool condition, FormattableString difference)
    {
        if (!condition)
        {
            throw new DisagreementException($"{Name}: SpikeTrail and the reference do not agree: {FormattableString.Invariant(difference)}");
        }
    }

    protected void AgreeOnLoss(string which, double ours, double reference, double tolerance) =>
        Agree(Math.Abs(ours - reference) <= tolerance * Math.Abs(reference), $"the {which} loss is {ours:R}, expected {reference:R} to {tolerance:0e0}");
}
