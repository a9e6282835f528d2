using System.Diagnostics;
using System.Globalization;
using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>
/// A campaign such as the paper's figure 2, whole processes by the clock: an untrained network on clean images, and under FGSM
/// and PGD-7 at eps 2, 4, 6 and 8. Ours is <c>spiketrail run</c>, a pipeline a thread, with operations' probes off, for the reference counts nothing.
/// </summary>
internal sealed class CampaignBenchmark(BenchmarkSetting setting, Action<string> progress) : Benchmark
{
    private const double StepSize = 2.55;
    private const int Iterations = 7;
    private const long CleanCost = 1;

    private static readonly double[] Epsilons = [2, 4, 6, 8];

    // How many images each side classified correctly in each cell.
    private Dictionary<string, int>? _reference;
    private Dictionary<string, int>? _ours;

    public override string Name => "figure-2-campaign";

    public override string Title => $"figure-2 campaign, {setting.Images} images";

    public override double Target => 6;

    public override int Rounds => 1;

    public override void CheckInput() => setting.LoadTest();

    public override double Measure(Side side, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        double took;
        if (side == Side.Reference)
        {
            var result = SideProcess.Run(this, side, setting, progress, cancellation);
            took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            _reference = Parse(result);
        }
        else
        {
            var folder = Directory.CreateTempSubdirectory("spiketrail-bench-").FullName;
            try
            {
                took = RunCampaign(folder, cancellation);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Compare();
        return took;
    }

    public override string WorkAlone(Side side)
    {
        if (side == Side.Ours)
        {
            throw new InputException($"--side: {Name}'s own side is `spiketrail run`");
        }

        set_num_threads(setting.Threads);
        var images = setting.LoadTest();
        using var network = setting.CreateReference(images);
        var attacker = new OpByOpAttacker(network, setting.Encoder);
        var correct = new Dictionary<string, int>();
        var work = new Pace(images.Count * (CleanCost + Epsilons.Sum(epsilon => Cost(Fgsm(epsilon)) + Cost(Pgd(epsilon)))), progress);
        foreach (var batch in Batches(images))
        {
            using (batch)
            {
                Count(correct, Cell("none", 0), batch, attacker.Predict(batch));
                work.Did("clean", batch.Labels.Count * CleanCost);
            }
        }

        foreach (var epsilon in Epsilons)
        {
            foreach (var batch in Batches(images))
            {
                using (batch)
                {
                    Attack(attacker, batch, "fgsm", epsilon, Fgsm(epsilon), correct);
                    work.Did($"FGSM at eps {epsilon}", batch.Labels.Count * Cost(Fgsm(epsilon)));
                    Attack(attacker, batch, "pgd", epsilon, Pgd(epsilon), correct);
                    work.Did($"PGD at eps {epsilon}", batch.Labels.Count * Cost(Pgd(epsilon)));
                }
            }
        }

        return string.Join(' ', correct.Select(cell => $"{cell.Key}={cell.Value}"));
    }

    public override void Dispose()
    {
    }

    private double RunCampaign(string folder, CancellationToken cancellation)
    {
        var (campaign, output) = (Path.Combine(folder, "figure-2.conf"), Path.Combine(folder, "out"));
        File.WriteAllText(campaign, Campaign());
        string[] data = setting.DataFolder is { } dataFolder ? ["--data", dataFolder] : [];
        var started = Stopwatch.GetTimestamp();
        ChildProcess.Run(["run", campaign, "--out", output, .. data], _ => { }, cancellation);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var results = ResultsJson.Read(File.ReadAllText(Path.Combine(output, "results.json")));
        _ours = results.Runs.Single().Cells.ToDictionary(cell => Cell(cell.Attack, cell.Epsilon), cell => cell.Correct);
        return took;
    }

    private string Campaign() => FormattableString.Invariant($$"""
        campaign {
          name = figure-2
          networks = [{ name = sew-resnet18-max, family = sew-resnet, depth = {{BenchmarkSetting.Depth}}, width = {{setting.Width}}, pool = max }]
          data-sets = [{ name = {{setting.DataSet}}, time-steps = {{BenchmarkSetting.TimeSteps}}, training-limit = {{BenchmarkSetting.BatchSize}}, test-limit = {{setting.Images}} }]
          seeds = [{{BenchmarkSetting.Seed}}]
          training { epochs = 0, batch-size = {{BenchmarkSetting.BatchSize}} }
          protocols = [{ kind = strict }]
          attacks = [{ kind = fgsm }, { kind = pgd, step-size = {{StepSize}}, iterations = {{Iterations}} }]
          epsilons = [{{string.Join(", ", Epsilons)}}]
          probes { operations = off }
          samples = 0
          evaluation { batch-size = {{BenchmarkSetting.BatchSize}}, shard-size = {{4 * BenchmarkSetting.BatchSize}} }
        }
        pipeline { layer-groups = 1, window = {{BenchmarkSetting.TimeSteps}}, threads-per-group = 1, devices = [{{string.Join(", ", Enumerable.Repeat("cpu", setting.Threads))}}] }
        """);

    private static Fgsm Fgsm(double epsilon) => new(epsilon / 255);

    private static Pgd Pgd(double epsilon) => new(epsilon / 255, StepSize / 255, Iterations);

    /// <summary>About how many forward passes one image takes: three a gradient, and the prediction.</summary>
    private static long Cost(Attack attack) => 3 * attack.Iterations + 1;

    private static IEnumerable<ImageBatch> Batches(ImageSet images) =>
        Enumerable.Range(0, images.Count).Chunk(BenchmarkSetting.BatchSize).Select(indices => ImageBatch.Load(images, indices, ScalarType.Float32));

    private static void Attack(OpByOpAttacker attacker, ImageBatch batch, string name, double epsilon, Attack attack, Dictionary<string, int> correct)
    {
        var start = CounterRandom.For(BenchmarkSetting.Seed, "attack-start").At(0);
        using var attacked_NCHW = attacker.Craft(attack, batch, image => start.At(batch.Indices[image]));
        Count(correct, Cell(name, epsilon), batch, attacker.Predict(attacked_NCHW, attack.Epsilon, batch));
    }

    private static void Count(Dictionary<string, int> correct, string cell, ImageBatch batch, OpByOpPrediction prediction) =>
        correct[cell] = correct.GetValueOrDefault(cell) + prediction.Classes.Zip(batch.Labels, (predicted, label) => predicted == label).Count(right => right);

    private static string Cell(string attack, double epsilon) => FormattableString.Invariant($"{attack}-{epsilon}");

    private static Dictionary<string, int> Parse(string result) => result.Split(' ').Select(cell => cell.Split('='))
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));

    /// <summary>
    /// Checks that both sides classified about as many images correctly: a gradient's sign at a pixel may turn on rounding, and
    /// an attack goes its own way from there.
    /// </summary>
    private void Compare()
    {
        if (_reference is null || _ours is null)
        {
            return;
        }

        foreach (var (cell, expected) in _reference)
        {
            var found = _ours.TryGetValue(cell, out var ours);
            Agree(
                found && Math.Abs(ours - expected) <= Math.Max(2, 0.02 * setting.Images),
                $"in {cell} {(found ? ours : Reports.Numbers.None)} of {setting.Images} images are classified correctly, expected about {expected}");
        }
    }

    /// <summary>Tells now and then how far the work is, and how long it still takes.</summary>
    private sealed class Pace(long total, Action<string> progress)
    {
        private static readonly TimeSpan Often = TimeSpan.FromSeconds(20);

        private readonly long _started = Stopwatch.GetTimestamp();
        private TimeSpan _told;
        private long _done;

        public void Did(string what, long cost)
        {
            _done += cost;
            var elapsed = Stopwatch.GetElapsedTime(_started);
            if (elapsed - _told >= Often)
            {
                _told = elapsed;
                progress($"  {what}, {Durations.Text(elapsed * (total - _done) / _done)} left");
            }
        }
    }
}
