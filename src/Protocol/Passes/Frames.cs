using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

/// <summary>A run of consecutive time steps of one pass: [Start, Start + Count).</summary>
/// <param name="Start">The first step, from 0.</param>
/// <param name="Count">How many steps.</param>
public readonly record struct TimeRange(int Start, int Count)
{
    /// <summary>The step after the last.</summary>
    public int End => Start + Count;

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"t={Start}" : $"t={Start}..{End - 1}";
}

/// <summary>
/// The tensor inside a frame message, of shape [W, N, …]: W time steps of N images. Within a process it is a lease on
/// a tensor, between processes a <see cref="PackedTensor"/>. Whoever holds it last disposes it.
/// </summary>
public abstract class FrameContent : IDisposable
{
    /// <summary>Frees what the content holds. Idempotent.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the content holds. Idempotent.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A message that carries a frame.</summary>
public interface IFrame : IWireMessage
{
    /// <summary>The pass it belongs to.</summary>
    PassId Pass { get; }

    /// <summary>Which time steps it carries.</summary>
    TimeRange Time { get; }

    /// <summary>Which way it travels.</summary>
    Direction Direction { get; }

    /// <summary>The tensor.</summary>
    FrameContent Content { get; }
}

/// <summary>Forward: what one layer group emits for some time steps and the next takes in.</summary>
public sealed record SpikeFrame(PassId Pass, TimeRange Time, FrameContent Content) : IFrame
{
    /// <inheritdoc/>
    public Direction Direction => Direction.Forward;
}

/// <summary>Backward: the loss's gradient with respect to a spike frame, travelling the other way, last time step first.</summary>
public sealed record GradientFrame(PassId Pass, TimeRange Time, FrameContent Content) : IFrame
{
    /// <inheritdoc/>
    public Direction Direction => Direction.Backward;
}
