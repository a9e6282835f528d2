using SpikeTrail.Host.Progress;
using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Measures benchmarks one after another on the calling thread; within each round the two sides take turns.</summary>
/// <param name="progress">Is told what goes on.</param>
/// <param name="time">Says how long it still takes.</param>
internal sealed class BenchmarkRun(Action<string> progress, TimeProvider time)
{
    /// <summary>Measures a benchmark.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="rounds">How often each side is measured.</param>
    /// <param name="cancellation">Ends it after the current measurement, or with the child process that it waits for.</param>
    /// <exception cref="DisagreementException">The two sides do not compute the same.</exception>
    public BenchmarkResult Measure(Benchmark benchmark, int rounds, CancellationToken cancellation)
    {
        progress($"{benchmark.Name}: getting ready, and checking that both sides agree");
        benchmark.Prepare();
        var (reference, ours) = (new List<double>(), new List<double>());
        var started = time.GetTimestamp();
        for (var round = 1; round <= rounds; round++)
        {
            var left = round == 1 ? "" : $", {Durations.Text(time.GetElapsedTime(started) / (round - 1) * (rounds - round + 1))} left";
            foreach (var (side, measured) in new[] { (Side.Reference, reference), (Side.Ours, ours) })
            {
                cancellation.ThrowIfCancellationRequested();
                progress($"{benchmark.Name}: round {Numbers.Plain(round)} of {Numbers.Plain(rounds)}, {Names.Of(side)}{left}");
                measured.Add(benchmark.Measure(side, cancellation));
            }
        }

        return new(benchmark.Name, benchmark.Title, benchmark.Target, benchmark.Unit, reference, ours);
    }
}
