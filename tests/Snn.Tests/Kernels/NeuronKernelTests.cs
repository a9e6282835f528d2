using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Randomness;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

public sealed class NeuronKernelTests
{
    private const int TimeSteps = 7;

    public static TheoryData<SurrogateKind, ScalarType> Cases()
    {
        var cases = new TheoryData<SurrogateKind, ScalarType>();
        foreach (var surrogate in Enum.GetValues<SurrogateKind>())
        {
            cases.Add(surrogate, ScalarType.Float32);
            cases.Add(surrogate, ScalarType.Float64);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_computes_what_tensor_operations_compute(SurrogateKind surrogate, ScalarType type)
    {
        var tolerance = type == ScalarType.Float32 ? 1e-6 : 1e-12;
        foreach (var spec in Specs(surrogate))
        {
            foreach (var neurons in new[] { 1, 7, 33, 1000, 2500 })
            {
                var kernel = Run(spec, type, neurons, window: TimeSteps);
                var tensors = Run(spec, type, neurons, window: TimeSteps, useKernel: false);

                Assert.Equal(tensors.Spikes, kernel.Spikes);
                AssertClose(tensors.Gradients, kernel.Gradients, tolerance, spec);
                Assert.Equal(tensors.Surrogate.InputZeros, kernel.Surrogate.InputZeros);
                Assert.Equal(tensors.Surrogate.OutputZeros, kernel.Surrogate.OutputZeros);
                AssertClose(
                    [tensors.Surrogate.InputNorm, tensors.Surrogate.OutputNorm], [kernel.Surrogate.InputNorm, kernel.Surrogate.OutputNorm], tolerance, spec);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_window_changes_no_bit(SurrogateKind surrogate, ScalarType type)
    {
        foreach (var spec in Specs(surrogate))
        {
            foreach (var neurons in new[] { 1, 7, 33, 1000, 2500 })
            {
                var whole = Run(spec, type, neurons, window: TimeSteps);
                foreach (var window in new[] { 1, 3 })
                {
                    AssertSame(whole, Run(spec, type, neurons, window));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_neurons_place_changes_no_bit(SurrogateKind surrogate, ScalarType type)
    {
        const int Neurons = 37;
        foreach (var spec in Specs(surrogate))
        {
            var all = Run(spec, type, Neurons, window: TimeSteps, probes: false);
            for (var neuron = 0; neuron < Neurons; neuron++)
            {
                var alone = Run(spec, type, Neurons, window: TimeSteps, probes: false, only: neuron);

                Assert.Equal(Column(all.Spikes, neuron, Neurons), alone.Spikes);
                Assert.Equal(Column(all.Gradients, neuron, Neurons), alone.Gradients);
            }
        }
    }

    [Fact]
    public void A_probe_changes_no_bit()
    {
        foreach (var spec in Specs(SurrogateKind.Atan))
        {
            var probed = Run(spec, ScalarType.Float32, 33, window: 3, probes: true);
            var unprobed = Run(spec, ScalarType.Float32, 33, window: 3, probes: false);

            Assert.Equal(probed.Spikes, unprobed.Spikes);
            Assert.Equal(probed.Gradients, unprobed.Gradients);
        }
    }

    [Fact]
    public void Inputs_and_gradients_may_be_views_and_stay_as_they_are()
    {
        var layer = new NeuronLayer("sn", new NeuronSpec { DetachReset = false });
        using var inputs = Noise(TimeSteps * 2, 33, ScalarType.Float32, "inputs");
        using var view = inputs.narrow(0, TimeSteps, TimeSteps).transpose(0, 1).contiguous().transpose(0, 1).narrow(1, 2, 20);
        using var copy = view.contiguous();
        using var before = inputs.clone();

        var ofView = Run(layer, view, view, TimeSteps, probes: false);
        var ofCopy = Run(layer, copy, copy, TimeSteps, probes: false);

        Assert.False(view.is_contiguous());
        Assert.Equal(ofCopy.Spikes, ofView.Spikes);
        Assert.Equal(ofCopy.Gradients, ofView.Gradients);
        Assert.Equal(Values(before), Values(inputs));
    }

    [Fact]
    public void Channels_may_lie_last_in_memory_and_stay_there()
    {
        long[] shape = [TimeSteps, 3, 5, 4, 2];
        using var inputs = Noise(TimeSteps, 120, ScalarType.Float32, "inputs").reshape(shape);
        using var channelsLast = inputs.permute(0, 1, 3, 4, 2).contiguous().permute(0, 1, 4, 2, 3);
        foreach (var spec in Specs(SurrogateKind.Atan))
        {
            var layer = new NeuronLayer("sn", spec);
            using var tape = new PassTape(PassRequest.Evaluation(default, TimeSteps));
            using var spikes = layer.Forward(channelsLast, tape);
            var (plain, other) = (Run(layer, inputs, inputs, window: 3, probes: true), Run(layer, channelsLast, inputs, window: 3, probes: true));

            Assert.Equal(channelsLast.stride(), spikes.stride());
            Assert.Equal(plain.Spikes, other.Spikes);
            Assert.Equal(plain.Gradients, other.Gradients);
            Assert.Equal(plain.Surrogate.InputNorm, other.Surrogate.InputNorm, 1e-6);
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Run(new NeuronSpec(), ScalarType.Float32, 5000, window: 3);
            set_num_threads(2);
            AssertSame(one, Run(new NeuronSpec(), ScalarType.Float32, 5000, window: 3));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void An_empty_batch_has_no_spikes_and_no_gradients()
    {
        var layer = new NeuronLayer("sn", new NeuronSpec());
        using var none = zeros(TimeSteps, 0, 3);
        using var tape = new PassTape(PassRequest.AdversarialStep(default, TimeSteps, probes: false));
        using var spikes = layer.Forward(none, tape);
        using var gradients = layer.Backward(none, tape)!;

        Assert.Equal(none.shape, spikes.shape);
        Assert.Equal(none.shape, gradients.shape);
    }

    [Theory]
    [InlineData(6, 33, ScalarType.Float32)]
    [InlineData(7, 32, ScalarType.Float32)]
    [InlineData(7, 33, ScalarType.Float64)]
    public void Gradients_of_another_shape_or_type_are_refused(int timeSteps, int neurons, ScalarType type)
    {
        var layer = new NeuronLayer("sn", new NeuronSpec());
        using var inputs = Noise(7, 33, ScalarType.Float32, "inputs");
        using var gradients = Noise(timeSteps, neurons, type, "gradients");
        using var tape = new PassTape(PassRequest.AdversarialStep(default, 7, probes: false));
        using var spikes = layer.Forward(inputs, tape);

        Assert.ThrowsAny<ArgumentException>(() => layer.Backward(gradients, tape));
    }

    [Fact]
    public void Evaluation_keeps_nothing_and_gives_the_same_spikes()
    {
        foreach (var spec in Specs(SurrogateKind.Atan))
        {
            using var inputs = Noise(TimeSteps, 33, ScalarType.Float32, "inputs");
            using var tape = new PassTape(PassRequest.Evaluation(default, TimeSteps));
            using var spikes = new NeuronLayer("sn", spec).Forward(inputs, tape);

            Assert.Equal(0, tape.SavedCount);
            Assert.Equal(Run(spec, ScalarType.Float32, 33, window: TimeSteps).Spikes, Values(spikes));
        }
    }

    [Theory]
    [InlineData(NeuronKind.If, 0.0, new[] { 0, 1.0, 0, 1, 0 })]
    [InlineData(NeuronKind.If, null, new[] { 0, 1.0, 1, 0, 1 })]
    [InlineData(NeuronKind.Lif, 0.0, new[] { 0, 1.0, 0, 0, 1 })]
    public void Spikes_by_hand(NeuronKind kind, double? reset, double[] expected)
    {
        var spec = new NeuronSpec { Kind = kind, Reset = reset };
        using var inputs = tensor(new[] { 0.75, 0.75, 0.5, 0.5, 0.75 }).mul_(kind == NeuronKind.Lif ? 2 : 1).unsqueeze(1);
        using var tape = new PassTape(PassRequest.Evaluation(default, 5));
        using var spikes = new NeuronLayer("sn", spec).Forward(inputs, tape);

        Assert.Equal(expected, Values(spikes));
    }

    /// <summary>Every model, reset and detachment.</summary>
    internal static IEnumerable<NeuronSpec> Specs(SurrogateKind surrogate)
    {
        var alpha = surrogate is SurrogateKind.Sigmoid ? 4 : 0.8;
        foreach (var kind in Enum.GetValues<NeuronKind>())
        {
            foreach (var reset in new double?[] { null, 0, 0.25 })
            {
                foreach (var detach in new[] { true, false })
                {
                    foreach (var decay in kind == NeuronKind.Lif ? [true, false] : new[] { true })
                    {
                        yield return new NeuronSpec
                        {
                            Kind = kind,
                            Reset = reset,
                            DetachReset = detach,
                            DecayInput = decay,
                            Tau = 2.5,
                            Threshold = 0.9,
                            Surrogate = new SurrogateSpec(surrogate, alpha),
                        };
                    }
                }
            }
        }
    }

    private static Trail Run(
        NeuronSpec spec, ScalarType type, int neurons, int window, bool useKernel = true, bool probes = true, int? only = null)
    {
        using var inputs = Noise(TimeSteps, neurons, type, "inputs");
        using var gradients = Noise(TimeSteps, neurons, type, "gradients");
        using var someInputs = inputs.narrow(1, only ?? 0, only is null ? neurons : 1);
        using var someGradients = gradients.narrow(1, only ?? 0, only is null ? neurons : 1);
        return Run(new NeuronLayer("sn", spec) { UseKernel = useKernel }, someInputs, someGradients, window, probes);
    }

    /// <summary>Forward and backward, window by window.</summary>
    private static Trail Run(NeuronLayer layer, Tensor inputs_TM, Tensor gradients_TM, int window, bool probes)
    {
        using var scope = NewDisposeScope();
        using var tape = new PassTape(PassRequest.AdversarialStep(default, TimeSteps, probes));
        var spikes = inputs_TM.split(window).Select(inputs => layer.Forward(inputs, tape)).ToArray();
        var gradients = gradients_TM.split(window).Reverse().Select(gradient => layer.Backward(gradient, tape)!).Reverse().ToArray();

        Assert.Equal(0, tape.SavedCount);
        return new Trail(Values(cat(spikes)), Values(cat(gradients)), tape.Probe?.Report().Single() ?? Nothing);
    }

    private static OperationGradient Nothing { get; } = new("", "", 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Inputs that make some neurons fire at most steps and others never; gradients of both signs, some of them zero.</summary>
    private static Tensor Noise(int timeSteps, int neurons, ScalarType type, string purpose)
    {
        var random = CounterRandom.For(5, purpose);
        var values = new double[timeSteps * neurons];
        for (var i = 0; i < values.Length; i++)
        {
            var uniform = random.Uniform(i);
            values[i] = uniform < 0.1 ? 0 : 2.4 * uniform - 0.8;
        }

        using var noise = tensor(values, [timeSteps, neurons]);
        return noise.to_type(type, copy: true);
    }

    private static double[] Column(double[] values, int column, int columns) => [.. values.Where((_, i) => i % columns == column)];

    /// <summary>Equal to rounding, which the largest gradient sets: steps add to one another, with both signs.</summary>
    private static void AssertClose(double[] expected, double[] actual, double tolerance, NeuronSpec spec)
    {
        var allowed = tolerance * Math.Max(1, expected.Max(Math.Abs));
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= allowed, $"{pair.First} and {pair.Second} differ: {spec}"));
    }

    private static void AssertSame(Trail expected, Trail actual)
    {
        Assert.Equal(expected.Spikes, actual.Spikes);
        Assert.Equal(expected.Gradients, actual.Gradients);
        Assert.Equal(expected.Surrogate, actual.Surrogate);
    }

    private sealed record Trail(double[] Spikes, double[] Gradients, OperationGradient Surrogate);
}
