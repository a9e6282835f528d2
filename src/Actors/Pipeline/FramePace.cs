using Akka.Actor;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>How many frames an actor took, and how many a second of late.</summary>
/// <param name="clock">What time is taken from.</param>
internal sealed class FramePace(ITimeProvider clock)
{
    private TimeSpan _measuredAt = clock.MonotonicClock;
    private long _framesThen;
    private bool _atRest = true;

    /// <summary>How many it took in all.</summary>
    public long Frames { get; private set; }

    /// <summary>One more is taken.</summary>
    public void Count() => Frames++;

    /// <summary>Frames a second since the last measurement; null while there is nothing new to say, because it rests as it did then.</summary>
    public double? Measure()
    {
        var (frames, elapsed) = (Frames - _framesThen, clock.MonotonicClock - _measuredAt);
        var wasAtRest = _atRest;
        (_framesThen, _measuredAt, _atRest) = (Frames, clock.MonotonicClock, frames == 0);
        return _atRest && wasAtRest ? null : frames / elapsed.TotalSeconds;
    }
}
