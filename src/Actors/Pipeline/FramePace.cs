using Akka.Actor;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>How much goes through an actor: in all, and a second of late.</summary>
/// <param name="Frames">Frames it took.</param>
/// <param name="FramesPerSecond">How many it took a second.</param>
/// <param name="BytesSent">Bytes of packed frames it sent to other processes.</param>
/// <param name="BytesPerSecond">How many it sent a second.</param>
internal readonly record struct FrameFlow(long Frames, double FramesPerSecond, long BytesSent, double BytesPerSecond);

/// <summary>Measures the flow of frames through an actor.</summary>
/// <param name="clock">What time is taken from.</param>
internal sealed class FramePace(ITimeProvider clock)
{
    private TimeSpan _measuredAt = clock.MonotonicClock;
    private FrameFlow _last;
    private long _frames;

    /// <summary>One more frame is taken.</summary>
    public void Count() => _frames++;

    /// <summary>The flow since the last measurement; null while there is nothing new to say, because the actor rests as it did then.</summary>
    /// <param name="bytesSent">Bytes sent in all.</param>
    public FrameFlow? Measure(long bytesSent)
    {
        var seconds = (clock.MonotonicClock - _measuredAt).TotalSeconds;
        var flow = new FrameFlow(_frames, (_frames - _last.Frames) / seconds, bytesSent, (bytesSent - _last.BytesSent) / seconds);
        var news = flow != _last;
        (_measuredAt, _last) = (clock.MonotonicClock, flow);
        return news ? flow : null;
    }
}
