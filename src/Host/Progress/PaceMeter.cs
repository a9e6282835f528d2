namespace SpikeTrail.Host.Progress;

/// <summary>How fast a campaign goes, and how long it still takes at that pace; both unknown until some work was seen.</summary>
internal readonly record struct Pace(double? PassesPerSecond, TimeSpan? Left);

/// <summary>
/// Measures the pace over the last half minute: long enough to be steady, short enough to notice that attacks have
/// taken over from training. Only work of this process counts, so a resumed campaign does not look fast.
/// </summary>
internal sealed class PaceMeter(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Queue<(long Time, long Done)> _seen = new();

    /// <summary>Takes how far the campaign is, in image passes.</summary>
    public Pace Observe(long campaignDone, long campaignTotal)
    {
        var now = time.GetTimestamp();
        _seen.Enqueue((now, campaignDone));
        while (_seen.Count > 2 && time.GetElapsedTime(_seen.Peek().Time, now) > Memory)
        {
            _seen.Dequeue();
        }

        var (start, doneAtStart) = _seen.Peek();
        var seconds = time.GetElapsedTime(start, now).TotalSeconds;
        var done = campaignDone - doneAtStart;
        if (seconds <= 0 || done <= 0)
        {
            return default;
        }

        var rate = done / seconds;
        return new(rate, TimeSpan.FromSeconds(Math.Max(0, campaignTotal - campaignDone) / rate));
    }
}
