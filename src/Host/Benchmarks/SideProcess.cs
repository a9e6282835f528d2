using System.Globalization;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>One side of a benchmark in a process of its own: <c>spiketrail bench --only NAME --side SIDE</c>, which nobody else is told of.</summary>
internal static class SideProcess
{
    /// <summary>How the line begins in which such a process tells what came of it.</summary>
    public const string ResultMark = "result: ";

    /// <summary>Runs it to its end.</summary>
    /// <returns>What <see cref="Benchmark.WorkAlone"/> returned there.</returns>
    public static string Run(Benchmark benchmark, Side side, BenchmarkSetting setting, Action<string> progress, CancellationToken cancellation)
    {
        string? result = null;
        string[] data = setting.DataFolder is { } folder ? ["--data", folder] : [];
        ChildProcess.Run(
            [
                "bench", "--only", benchmark.Name, "--side", Names.Of(side),
                "--threads", setting.Threads.ToString(CultureInfo.InvariantCulture),
                "--width", setting.Width.ToString("R", CultureInfo.InvariantCulture),
                "--images", setting.Images.ToString(CultureInfo.InvariantCulture),
                .. data,
            ],
            line =>
            {
                if (line.StartsWith(ResultMark, StringComparison.Ordinal))
                {
                    result = line[ResultMark.Length..];
                }
                else
                {
                    progress(line);
                }
            },
            cancellation);
        return result ?? throw new InvalidOperationException($"{benchmark.Name}: the process of the {Names.Of(side)} side told no result");
    }
}
