using System.Text.Json;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Tests.Networks;

namespace SpikeTrail.Snn.Tests.Neurons;

public sealed class NeuronLayerTests
{
    private const int TimeSteps = 10;
    private const int Neurons = 32;

    /// <summary>Float64 keeps 16 digits; a few are lost in ten steps of sums and products.</summary>
    private const double Tolerance = 1e-12;

    public static MatrixTheoryData<NeuronKind, bool, string, bool, SurrogateKind> Models { get; } = new(
        Enum.GetValues<NeuronKind>(), [true, false], ["hard", "hard to -0.25", "soft"], [true, false], Enum.GetValues<SurrogateKind>());

    [Fact]
    public void A_neuron_fires_when_its_potential_reaches_the_threshold_and_starts_again_at_the_reset()
    {
        var run = NeuronRun.Of(new NeuronSpec(), [0.25, 0.5, 0.25, 0.75, -0.5, 1.5], [0, 0, 0, 0, 0, 0], timeSteps: 6, window: 1);

        Assert.Equal([0, 0, 1, 0, 0, 1], run.Spikes);
        Assert.Equal([0.25, 0.75, 0, 0.75, 0.25, 0], run.Potentials);
    }

    [Fact]
    public void A_soft_reset_keeps_what_exceeds_the_threshold()
    {
        var run = NeuronRun.Of(new NeuronSpec { Reset = null }, [0.75, 0.5, 2.5, 0, 0], [0, 0, 0, 0, 0], timeSteps: 5, window: 1);

        Assert.Equal([0, 1, 1, 1, 0], run.Spikes);
        Assert.Equal([0.75, 0.25, 1.75, 0.75, 0.75], run.Potentials);
    }

    [Fact]
    public void A_leaky_neuron_forgets_half_a_step_with_a_time_constant_of_two()
    {
        var decaying = NeuronRun.Of(new NeuronSpec { Kind = NeuronKind.Lif }, [1, 1, 0, 3], [0, 0, 0, 0], timeSteps: 4, window: 1);
        var plain = NeuronRun.Of(new NeuronSpec { Kind = NeuronKind.Lif, DecayInput = false }, [0.5, 0.5, 0, 3], [0, 0, 0, 0], timeSteps: 4, window: 1);

        Assert.Equal([0.5, 0.75, 0.375, 0], decaying.Potentials);
        Assert.Equal([0.5, 0.75, 0.375, 0], plain.Potentials);
        Assert.Equal([0, 0, 0, 1], decaying.Spikes);
        Assert.Equal([0, 0, 0, 1], plain.Spikes);
    }

    [Fact]
    public void A_detached_reset_passes_no_gradient_through_a_spike()
    {
        // h = 1, 1: at the threshold the arc tangent's derivative is alpha/2 = 1. Only the last spike counts.
        var detached = NeuronRun.Of(new NeuronSpec { DetachReset = true }, [1, 1], [0, 1], timeSteps: 2, window: 2);
        var attached = NeuronRun.Of(new NeuronSpec { DetachReset = false }, [1, 1], [0, 1], timeSteps: 2, window: 2);

        Assert.Equal([0, 1], detached.InputGradient);
        Assert.Equal([-1, 1], attached.InputGradient);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_layer_computes_what_the_equations_say(NeuronKind kind, bool decayInput, string reset, bool detach, SurrogateKind surrogate)
    {
        var spec = new NeuronSpec
        {
            Kind = kind,
            DecayInput = decayInput,
            Tau = 1.75,
            Threshold = 0.9,
            Reset = reset switch { "soft" => null, "hard" => 0, _ => -0.25 },
            DetachReset = detach,
            Surrogate = new SurrogateSpec(surrogate, 1.5),
        };
        var random = CounterRandom.For(3, "neuron test");
        var inputs = Draw(random.At(0), i => 3 * i - 1);
        var upstream = Draw(random.At(1), i => 2 * i - 1);
        var reference = new NeuronReference(spec);
        var columns = Enumerable.Range(0, Neurons).ToList();
        var spikes = FromColumns(columns.Select(n => reference.Run(Column(inputs, n)).Spikes));
        var potentials = FromColumns(columns.Select(n => reference.Run(Column(inputs, n)).Potentials));
        var gradient = FromColumns(columns.Select(n => reference.Gradient(Column(inputs, n), Column(upstream, n))));

        foreach (var window in new[] { 1, 3, TimeSteps })
        {
            var run = NeuronRun.Of(spec, inputs, upstream, TimeSteps, window);

            Assert.Contains(1, spikes);
            Assert.Equal(spikes, run.Spikes);
            AssertClose(gradient, run.InputGradient, $"gradient, window {window}");
            if (window == 1)
            {
                AssertClose(potentials, run.Potentials, "potentials");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(TimeSteps)]
    public void Every_golden_neuron_spikes_and_learns_the_same(int window)
    {
        var cases = Golden.Read("neurons.json").GetProperty("cases");
        var inputs = Golden.Unit("neuron_input", 5, TimeSteps * Neurons).Select(u => u * 1.5 + 0.3).ToArray();
        var upstream = Golden.Unit("neuron_grad", 5, TimeSteps * Neurons);

        Assert.Equal(48, cases.GetArrayLength());
        foreach (var golden in cases.EnumerateArray())
        {
            var spec = Spec(golden);
            var run = NeuronRun.Of(spec, inputs, upstream, TimeSteps, window);

            Assert.True(Golden.Flat(golden.GetProperty("spikes")).SequenceEqual(run.Spikes), $"{spec}: spikes differ");
            AssertClose(Golden.Flat(golden.GetProperty("input_gradient")), run.InputGradient, $"{spec}: gradient");
            if (window == 1)
            {
                AssertClose(Golden.Flat(golden.GetProperty("v_sequence")), run.Potentials, $"{spec}: potentials");
            }
        }
    }

    private static NeuronSpec Spec(JsonElement golden)
    {
        // Such as "ATan(alpha=2)".
        var surrogate = golden.GetProperty("surrogate").GetString()!.TrimEnd(')').Split("(alpha=");
        var lif = golden.GetProperty("neuron").GetString() == "LIF";
        return new NeuronSpec
        {
            Kind = lif ? NeuronKind.Lif : NeuronKind.If,
            Threshold = golden.GetProperty("v_threshold").GetDouble(),
            Reset = golden.GetProperty("v_reset") is { ValueKind: JsonValueKind.Number } reset ? reset.GetDouble() : null,
            DetachReset = golden.GetProperty("detach_reset").GetBoolean(),
            Tau = lif ? golden.GetProperty("tau").GetDouble() : 2,
            DecayInput = !lif || golden.GetProperty("decay_input").GetBoolean(),
            Surrogate = new SurrogateSpec(Enum.Parse<SurrogateKind>(surrogate[0], ignoreCase: true), int.Parse(surrogate[1], null)),
        };
    }

    private static double[] Draw(CounterRandom random, Func<double, double> map) =>
        [.. Enumerable.Range(0, TimeSteps * Neurons).Select(i => map(random.Uniform(i)))];

    private static double[] Column(double[] values_TN, int neuron) =>
        [.. Enumerable.Range(0, TimeSteps).Select(t => values_TN[t * Neurons + neuron])];

    private static double[] FromColumns(IEnumerable<double[]> columns_NT)
    {
        var columns = columns_NT.ToList();
        return [.. Enumerable.Range(0, TimeSteps).SelectMany(t => columns.Select(column => column[t]))];
    }

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = expected.Zip(actual, (e, a) => Math.Abs(e - a) / Math.Max(1, Math.Abs(e))).Max();
        Assert.True(difference <= Tolerance, $"{what} differs by {difference:E2}");
    }
}
