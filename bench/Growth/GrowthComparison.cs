using System.Text.Json.Nodes;
using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Growth;

/// <summary>
/// How the cost of a pass grows with T, batch, depth and width: every setting by turns, round after round, so that whatever else the
/// machine does falls on all alike. Prints ratios of times, each setting's to the base's of the same round, and writes a dated record.
/// </summary>
internal static class GrowthComparison
{
    public static void Run(string[] options)
    {
        var (rounds, threads) = ((int)BenchOptions.Number(options, "--rounds", 11), (int)BenchOptions.Number(options, "--threads", 2));
        var setting = new BenchmarkSetting(threads, GrowthPoint.Base.Width, BenchmarkSetting.BatchSize, DataFolder: null);
        set_num_threads(threads);
        var networks = GrowthPoint.All.Select(NetworkOf).Distinct().ToDictionary(spec => spec, spec => Pipeline(spec, setting));
        var works = GrowthPoint.All.Select(point => new GrowthWork(point, networks[NetworkOf(point)], setting.LoadBatch(point.BatchSize))).ToList();

        // Milliseconds of each kind of work, by setting and round. The first round warms up.
        var times = works.Select(_ => new List<double[]>()).ToList();
        for (var round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine(round == 0 ? "warming up" : $"round {round} of {rounds}");
            foreach (var (work, took) in works.Zip(times))
            {
                var milliseconds = work.Milliseconds();
                if (round > 0)
                {
                    took.Add(milliseconds);
                }
            }
        }

        foreach (var pipeline in networks.Values)
        {
            pipeline.Dispose();
        }

        Console.Error.WriteLine($"every measurement is in {BenchmarkRecord.Write(BenchmarkRecord.DefaultFolder, "growth", Configuration(setting, rounds), Measurements(times))}");
        Show(times, setting, rounds);
    }

    /// <summary>T and batch are no matter of the network.</summary>
    private static NetworkSpec NetworkOf(GrowthPoint point) =>
        new() { Name = $"sew-resnet{point.Depth}-max", Depth = point.Depth, Width = point.Width };

    private static LocalPipeline Pipeline(NetworkSpec spec, BenchmarkSetting setting)
    {
        var images = setting.LoadBatch();
        return new(Network.Create(spec, [images.Channels, images.Height, images.Width], images.Classes, BenchmarkSetting.Seed));
    }

    private static void Show(List<List<double[]>> times, BenchmarkSetting setting, int rounds)
    {
        Console.WriteLine($"SEW-ResNet, 3x32x32, phase code, float32, {setting.Threads} threads; {rounds} rounds, median (least to most)\n");
        Console.WriteLine($"| setting | {string.Join(" | ", GrowthWork.Kinds)} |\n|---|{string.Concat(GrowthWork.Kinds.Select(_ => "---:|"))}");
        foreach (var (point, took) in GrowthPoint.All.Zip(times))
        {
            var cells = GrowthWork.Kinds.Select((_, kind) => point == GrowthPoint.Base
                ? $"{BenchOptions.Text(BenchOptions.Median([.. took.Select(round => round[kind])]), "0")} ms"
                : BenchOptions.Ratio(Ratios(took, times, kind)));
            Console.WriteLine($"| {point} | {string.Join(" | ", cells)} |");
        }
    }

    /// <summary>One a round: to the base's time, which comes first.</summary>
    private static double[] Ratios(List<double[]> took, List<List<double[]>> times, int kind) => [.. took.Zip(times[0], (mine, its) => mine[kind] / its[kind])];

    private static JsonObject Configuration(BenchmarkSetting setting, int rounds) => new()
    {
        ["network"] = "sew-resnet, max pooling",
        ["base"] = At(GrowthPoint.Base),
        ["precision"] = "float32",
        ["threads"] = setting.Threads,
        ["data_set"] = setting.DataSet,
        ["rounds"] = rounds,
    };

    /// <summary>An object a setting and kind of work.</summary>
    private static JsonArray Measurements(List<List<double[]>> times) =>
    [
        .. from index in Enumerable.Range(0, times.Count)
           from kind in Enumerable.Range(0, GrowthWork.Kinds.Count)
           select Measurement(At(GrowthPoint.All[index]), kind, Ratios(times[index], times, kind), times[index]),
    ];

    private static JsonObject Measurement(JsonObject setting, int kind, double[] ratios, List<double[]> took)
    {
        setting["work"] = GrowthWork.Kinds[kind];
        setting["ratio"] = Math.Round(BenchOptions.Median(ratios), 3);
        setting["ms"] = new JsonArray([.. took.Select(round => JsonValue.Create(Math.Round(round[kind], 3)))]);
        return setting;
    }

    private static JsonObject At(GrowthPoint point) => new()
    {
        ["time_steps"] = point.TimeSteps,
        ["batch_size"] = point.BatchSize,
        ["depth"] = point.Depth,
        ["width"] = point.Width,
    };
}
