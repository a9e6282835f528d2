using System.Text.Json;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Randomness;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Networks;

/// <summary>
/// Networks of published size against the figures of the authors' code, in float64. Both round differently, each by
/// some 1e-13; a different meaning shows up as 1e-2.
/// </summary>
[Trait("Category", "Slow")]
public sealed class GoldenCaseTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-9;
    private const int TimeSteps = 10;

    public static TheoryData<string> Cases { get; } = ["sew_resnet18_max_c10", "sew_resnet18_avg_c100", "spiking_resnet18_c10"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Images_and_their_code_are_those_of_the_case(string name)
    {
        var golden = Golden.Read($"{name}.json");
        using var inputs = Encoded(golden);

        var comparison = new Comparison();
        comparison.Sampled("encoded", golden.GetProperty("encoded"), Values(inputs));
        comparison.Check();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void On_running_statistics_every_figure_agrees(string name) => Section(name, "eval", BatchStatistics.Running);

    [Theory]
    [MemberData(nameof(Cases))]
    public void On_batch_statistics_every_figure_agrees(string name) => Section(name, "train", BatchStatistics.Batch);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Three_steps_of_Adam_agree(string name)
    {
        var golden = Golden.Read($"{name}.json");
        var adam = golden.GetProperty("adam");
        var optimizer = new OptimizerSpec { WeightDecay = adam.GetProperty("weight_decay").GetDouble() };
        using var pipeline = new LocalPipeline(Filled(golden).Cut(1, optimizer));
        var losses = new List<double>();
        for (var step = 0; step < 3; step++)
        {
            using var pass = new BatchPass(PassRequest.Training(default, TimeSteps, adam.GetProperty("lr").GetDouble()), Encoded(golden), LabelsOf(golden));
            pipeline.Run(pass);
            losses.Add(pass.Outcome.Prediction.Losses.Average());
        }

        var comparison = new Comparison();
        comparison.Numbers("losses", Golden.Flat(adam.GetProperty("losses")), [.. losses]);
        var weights = pipeline.Groups.Single().Parameters.ToDictionary(parameter => parameter.Key);
        foreach (var weight in adam.GetProperty("weights_after").EnumerateObject())
        {
            comparison.Sampled(weight.Name, weight.Value, Values(weights[weight.Name].Value));
        }

        Check(comparison, name, "adam");
    }

    private void Section(string name, string section, BatchStatistics batchNorm)
    {
        var golden = Golden.Read($"{name}.json");
        var expected = golden.GetProperty(section);
        using var group = Filled(golden).Cut(1, new OptimizerSpec()).Single();
        using var inputs = Encoded(golden);
        var run = GradientRun.Of(group, GradientRun.Request(TimeSteps, batchNorm, probes: true), inputs, LabelsOf(golden));

        var comparison = new Comparison();
        comparison.Numbers("logits", Golden.Flat(expected.GetProperty("logits")), run.Logits);
        comparison.Numbers("loss", [expected.GetProperty("loss").GetDouble()], [run.Loss]);
        comparison.Sampled("input gradient", expected.GetProperty("input_gradient"), run.InputGradient);
        foreach (var gradient in expected.GetProperty("weight_gradients").EnumerateObject())
        {
            comparison.Sampled($"gradient of {gradient.Name}", gradient.Value, run.WeightGradients[gradient.Name]);
        }

        if (expected.TryGetProperty("running_statistics_after", out var statistics))
        {
            var parameters = group.Parameters.ToDictionary(parameter => parameter.Key);
            foreach (var statistic in statistics.EnumerateObject())
            {
                comparison.Sampled(statistic.Name, statistic.Value, Values(parameters[statistic.Name].Value));
            }
        }

        if (expected.GetProperty("probes") is { ValueKind: JsonValueKind.Array } probes)
        {
            CompareProbes(comparison, probes, run);
        }

        Check(comparison, name, section);
    }

    /// <summary>The case lists a module once a backward call, last layer first; a module of ours is one line over all time steps.</summary>
    private static void CompareProbes(Comparison comparison, JsonElement probes, GradientRun run)
    {
        var modules = probes.EnumerateArray().GroupBy(probe => probe.GetProperty("module").GetString()!).Reverse().ToList();
        var ours = run.Operations.ToDictionary(operation => operation.Module);
        comparison.Same("probed modules", string.Join(", ", modules.Select(module => module.Key).Order()), string.Join(", ", ours.Keys.Order()));
        foreach (var module in modules.Where(module => ours.ContainsKey(module.Key)))
        {
            var operation = ours[module.Key];
            comparison.Same($"kind of {module.Key}", module.First().GetProperty("type").GetString(), operation.Kind);
            comparison.Same($"zeros in {module.Key}", module.Sum(probe => probe.GetProperty("zeros").GetInt64()), operation.InputZeros);
            comparison.Same($"elements of {module.Key}", module.Sum(probe => probe.GetProperty("total").GetInt64()), operation.InputElements);
            var norm = Math.Sqrt(module.Sum(probe => Math.Pow(probe.GetProperty("norm").GetDouble(), 2)));
            comparison.Numbers($"norm in {module.Key}", [norm], [operation.InputNorm]);
        }
    }

    private void Check(Comparison comparison, string name, string section)
    {
        output.WriteLine($"{name} {section}: largest relative difference {comparison.Largest:E2} ({comparison.LargestAt})");
        comparison.Check();
    }

    private static Network Filled(JsonElement golden)
    {
        var sew = golden.GetProperty("arch").GetString()!.StartsWith("sew", StringComparison.Ordinal);
        var spec = new NetworkSpec
        {
            Name = "golden",
            Family = sew ? NetworkFamily.SewResNet : NetworkFamily.SpikingResNet,
            Pool = golden.GetProperty("pool").GetString() == "avg" ? PoolKind.Average : PoolKind.Max,
            Precision = Precision.Float64,
            Neuron = new NeuronSpec { DetachReset = sew },
        };
        var network = Network.Create(spec, [3, 32, 32], golden.GetProperty("classes").GetInt32(), seed: 0);
        foreach (var parameter in network.Parameters.Where(parameter => !parameter.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            Fill(parameter, golden.GetProperty("seed").GetInt64());
        }

        return network;
    }

    private static void Fill(Parameter parameter, long seed)
    {
        long[] shape = [.. parameter.Shape];
        var (scale, offset) = parameter.Key switch
        {
            var key when key.EndsWith("running_mean", StringComparison.Ordinal) => (0.05, 0.0),
            var key when key.EndsWith("running_var", StringComparison.Ordinal) => (0.5, 1.0),
            _ when shape.Length == 4 => (Math.Sqrt(6.0 / (shape[0] * shape[2] * shape[3])), 0.0),
            _ when shape.Length == 2 => (Math.Sqrt(1.0 / shape[1]), 0.0),
            var key when key.EndsWith("weight", StringComparison.Ordinal) => (0.25, 1.0),
            "fc.bias" => (0.1, 0.0),
            _ => (0.1, 0.2),
        };
        using var values = tensor([.. Golden.Unit(parameter.Key, seed, parameter.Count).Select(u => offset + scale * u)], shape);
        parameter.Value.copy_(values);
    }

    private static Tensor Encoded(JsonElement golden)
    {
        var images = golden.GetProperty("batch").GetInt32();
        var bytes = Golden.Unit("image", golden.GetProperty("seed").GetInt64(), images * 3 * 32 * 32).Select(u => Math.Floor((u + 1) * 128)).ToArray();
        using var bytes_N = tensor(bytes, [images, 3, 32, 32]);
        return new PhaseEncoder(TimeSteps, bits: 8).Encode(bytes_N, _ => CounterRandom.For(0, "none"));
    }

    private static int[] LabelsOf(JsonElement golden) => [.. golden.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    /// <summary>Collects every difference, so that a failure shows all of them.</summary>
    private sealed class Comparison
    {
        private readonly List<string> _mismatches = [];

        public double Largest { get; private set; }

        public string LargestAt { get; private set; } = "nothing differs";

        public void Sampled(string what, JsonElement expected, double[] actual)
        {
            Same($"elements of {what}", Golden.Flat(expected.GetProperty("shape")).Aggregate(1.0, (a, b) => a * b), actual.Length);
            Same($"zeros of {what}", expected.GetProperty("zeros").GetInt32(), actual.Count(value => value == 0));

            // A sum cancels: it is as exact as its terms are large.
            var l1 = actual.Sum(Math.Abs);
            Numbers($"sum of {what}", [expected.GetProperty("sum").GetDouble()], [actual.Sum()], l1);
            Numbers($"l1 of {what}", [expected.GetProperty("l1").GetDouble()], [l1]);
            Numbers($"l2 of {what}", [expected.GetProperty("l2").GetDouble()], [Math.Sqrt(actual.Sum(value => value * value))]);
            Numbers($"values of {what}", Golden.Flat(expected.GetProperty("values")), [.. Golden.Flat(expected.GetProperty("at")).Select(at => actual[(int)at])], actual.Max(Math.Abs));
        }

        /// <summary>Numbers of one tensor are held against its own scale: the largest of them, or the one given.</summary>
        public void Numbers(string what, double[] expected, double[] actual, double? scale = null)
        {
            var size = scale ?? expected.Max(Math.Abs);
            var difference = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
            var relative = difference == 0 ? 0 : difference / size;
            if (relative > Largest)
            {
                (Largest, LargestAt) = (relative, what);
            }

            if (!(relative <= Tolerance))
            {
                _mismatches.Add($"{what}: expected {string.Join(", ", expected.Take(4))}, got {string.Join(", ", actual.Take(4))} ({relative:E2})");
            }
        }

        public void Same<T>(string what, T expected, T actual)
        {
            if (!Equals(expected, actual))
            {
                _mismatches.Add($"{what}: expected {expected}, got {actual}");
            }
        }

        public void Check() => Assert.True(_mismatches.Count == 0, $"{_mismatches.Count} differences:\n{string.Join('\n', _mismatches.Take(40))}");
    }
}
