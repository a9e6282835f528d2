namespace SpikeTrail.Bench.Layouts;

/// <summary>How long passes of each purpose took, the preparation of the batch included.</summary>
/// <param name="Training">A training step.</param>
/// <param name="Step">An adversarial step.</param>
/// <param name="Prediction">A prediction.</param>
internal sealed record PassTimes(TimeSpan Training, TimeSpan Step, TimeSpan Prediction)
{
    /// <summary>From when each pass of an epoch and of an attacked shard ended: the first of either warms up.</summary>
    public static PassTimes From(IReadOnlyList<long> epoch, IReadOnlyList<long> shard, TimeProvider clock)
    {
        var (training, attack) = (Differences(epoch), Differences(shard));
        return new PassTimes(Mean(training), Mean(attack.SkipLast(1)), attack[^1]);

        List<TimeSpan> Differences(IReadOnlyList<long> ends) => [.. ends.Zip(ends.Skip(1), clock.GetElapsedTime)];
    }

    public TimeSpan[] All => [Training, Step, Prediction];

    private static TimeSpan Mean(IEnumerable<TimeSpan> times) => TimeSpan.FromTicks((long)times.Average(time => time.Ticks));
}
