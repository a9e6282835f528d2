using System.CommandLine;
using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail bench</c>: how fast this is on this machine beside the same network op by op.</summary>
internal static class BenchCommand
{
    private static readonly Option<string?> Json = new("--json") { Description = "Write names, ratios and medians here; a dated record with every measurement goes beside it.", HelpName = "FILE" };

    private static readonly Option<string?> Only = new("--only") { Description = "Measure these alone.", HelpName = "NAME[,NAME]" };

    private static readonly Option<int?> Rounds = new("--rounds") { Description = "How often each side is measured; by default 11 times, memory 3 times, the campaign once.", HelpName = "N" };

    private static readonly Option<int> Images = new("--images") { Description = "Test images of the campaign.", HelpName = "N", DefaultValueFactory = _ => 1000 };

    private static readonly Option<int> Threads = new("--threads") { Description = "libtorch's threads.", HelpName = "N", DefaultValueFactory = _ => 2 };

    private static readonly Option<double> Width = new("--width") { Description = "Multiplies the network's channels; 1 is the published network.", HelpName = "W", DefaultValueFactory = _ => 1 };

    private static readonly Option<string?> Guard = new("--guard") { Description = "Exit 1 if a ratio is more than 20 % below the one in this file, an earlier --json.", HelpName = "FILE" };

    private static readonly Option<string?> Data = new("--data") { Description = "A folder with cifar-10 to measure on; by default the images of Fashion-MNIST that ship with SpikeTrail.", HelpName = "DIR" };

    // One side of one benchmark, in a process that the benchmark itself starts.
    private static readonly Option<string?> OnlySide = new("--side") { Hidden = true };

    public static Command Create()
    {
        var command = new Command("bench", "Measure training, attacks and memory against the same network op by op; shows ratios.") { Json, Only, Rounds, Images, Threads, Width, Guard, Data, OnlySide };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var setting = new BenchmarkSetting(
            Within(parsed.GetValue(Threads), Threads.Name, 256), Scale(parsed.GetValue(Width)), Within(parsed.GetValue(Images), Images.Name, 10_000), CampaignOptions.ExistingFolder(parsed.GetValue(Data)));
        int? rounds = parsed.GetValue(Rounds) is { } given ? Within(given, Rounds.Name, 1000) : null;
        List<Benchmark> benchmarks =
        [
            new TrainingStepBenchmark(setting),
            new PgdBatchBenchmark(setting),
            new EvaluationBatchBenchmark(setting),
            new CampaignBenchmark(setting, Tell),
            new TrainingMemoryBenchmark(setting, Tell),
        ];
        benchmarks = Chosen(benchmarks, parsed.GetValue(Only));
        if (parsed.GetValue(OnlySide) is { } side)
        {
            return RunSide(benchmarks, side);
        }

        benchmarks.ForEach(benchmark => benchmark.CheckInput());
        var guard = parsed.GetValue(Guard) is { } baseline ? new RatioGuard(baseline, [.. benchmarks.Select(benchmark => benchmark.Name)]) : null;
        return Run(benchmarks, rounds, setting, OutputFile.Of(parsed, Json), guard);
    }

    private static int Run(List<Benchmark> benchmarks, int? rounds, BenchmarkSetting setting, string? json, RatioGuard? guard)
    {
        using var interruption = new Interruption(() => Tell("stopping; Ctrl+C again to end at once"));
        var run = new BenchmarkRun(Tell, TimeProvider.System);
        var results = new List<BenchmarkResult>();
        try
        {
            foreach (var benchmark in benchmarks)
            {
                using (benchmark)
                {
                    results.Add(run.Measure(benchmark, rounds ?? benchmark.Rounds, interruption.Token));
                }
            }
        }
        catch (OperationCanceledException) when (interruption.Requested)
        {
            Tell("interrupted; nothing was written");
            return interruption.ExitCode;
        }
        catch (DisagreementException disagreement)
        {
            Console.Error.WriteLine($"error: {disagreement.Message}");
            return ExitCode.Failed;
        }

        if (json is not null)
        {
            WholeFile.WriteText(json, BenchmarkJson.Medians(results));
        }

        var folder = json is null ? BenchmarkRecord.DefaultFolder : Path.GetDirectoryName(Path.GetFullPath(json))!;
        Tell($"every measurement is in {BenchmarkRecord.Write(folder, "bench", BenchmarkJson.Configuration(setting), BenchmarkJson.Measurements(results))}");
        Console.Write(BenchmarkTable.Of(results));
        var complaints = guard?.Complaints(results) ?? [];
        foreach (var complaint in complaints)
        {
            Console.Error.WriteLine($"error: {complaint}");
        }

        return complaints.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static int RunSide(List<Benchmark> benchmarks, string name)
    {
        var side = name == Names.Of(Side.Ours) ? Side.Ours
            : name == Names.Of(Side.Reference) ? Side.Reference
            : throw new InputException($"{OnlySide.Name}: expected {Names.Of(Side.Reference)} or {Names.Of(Side.Ours)}, got {name}");
        if (benchmarks is not [var benchmark])
        {
            throw new InputException($"{OnlySide.Name}: expected {Only.Name} with one name");
        }

        using (benchmark)
        {
            Console.WriteLine(SideProcess.ResultMark + benchmark.WorkAlone(side));
            return ExitCode.Done;
        }
    }

    private static List<Benchmark> Chosen(List<Benchmark> all, string? only)
    {
        var known = all.Select(benchmark => benchmark.Name).ToList();
        var names = only?.Split(',', StringSplitOptions.TrimEntries) ?? [.. known];
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new InputException($"{Only.Name}: there is no benchmark '{unknown}': expected some of {string.Join(", ", known)}{Suggestion.Ask(unknown, known)}")
            : [.. all.Where(benchmark => names.Contains(benchmark.Name))];
    }

    private static int Within(int value, string option, int most) =>
        value >= 1 && value <= most ? value : throw new InputException($"{option}: expected 1 to {most}, got {value}");

    private static double Scale(double width) =>
        width is > 0 and <= 4 ? width : throw new InputException(FormattableString.Invariant($"{Width.Name}: expected a number above 0 and up to 4, got {width}"));

    private static void Tell(string line) => Console.Error.WriteLine(line);
}
