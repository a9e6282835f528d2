using System.Runtime.InteropServices;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Randomness;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels.Cuda;

/// <summary>The CUDA kernels, run by a processor, beside the processor's own.</summary>
public sealed class CudaNeuronKernelTests(HostGpu gpu) : IClassFixture<HostGpu>
{
    /// <summary>[T, N, C, H, W]: a lone neuron, one step, odd counts, one channel, several blocks of threads.</summary>
    private static readonly long[][] Shapes = [[1, 1, 1, 1, 1], [7, 3, 5, 3, 3], [5, 2, 1, 4, 5], [1, 3, 16, 2, 3], [3, 1, 33, 1, 1], [3, 2, 7, 9, 11]];

    public static MatrixTheoryData<SurrogateKind, ScalarType> Cases { get; } = new(Enum.GetValues<SurrogateKind>(), [ScalarType.Float32, ScalarType.Float64]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_comes_to_the_bits_of_the_processors_kernel(SurrogateKind surrogate, ScalarType type)
    {
        foreach (var (index, spec) in NeuronKernelTests.Specs(surrogate).Index())
        {
            foreach (var shape in Shapes)
            {
                using var inputs = Noise(shape, type, "inputs");
                using var gradients = Noise(shape, type, "gradients");
                var request = PassRequest.AdversarialStep(default, (int)shape[0], probes: index % 2 > 0);

                AssertSame(Run(Plain(spec, cuda: false), inputs, gradients, request), Run(Plain(spec, cuda: true), inputs, gradients, request), surrogate, type, spec);
            }
        }
    }

    /// <summary>In float64 a scale is equal to rounding: libtorch's square root is not the last bit's.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Folded_batch_norm_comes_to_what_the_processors_kernel_comes_to(SurrogateKind surrogate, ScalarType type)
    {
        foreach (var (index, spec) in NeuronKernelTests.Specs(surrogate).Index())
        {
            foreach (var shape in Shapes)
            {
                using var inputs = Noise(shape, type, "inputs");
                using var channelsLast = TensorMemory.ChannelsLast(inputs);
                using var gradients = Noise(shape, type, "gradients");
                var request = PassRequest.AdversarialStep(default, (int)shape[0], probes: index % 2 > 0);
                var expected = Run(Normalized(spec, type, shape[2], cuda: false), inputs, gradients, request);

                AssertSame(expected, Run(Normalized(spec, type, shape[2], cuda: true), channelsLast, gradients, request), surrogate, type, spec, bits: type == ScalarType.Float32);
                // In another order of memory a probe adds up its norms in another order.
                AssertSame(
                    expected with { Probed = [] },
                    Run(Normalized(spec, type, shape[2], cuda: true), inputs, gradients, request with { Probes = false }),
                    surrogate,
                    type,
                    spec,
                    bits: type == ScalarType.Float32);
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Batch_norm_with_weight_gradients_or_moving_statistics_is_not_folded(bool weightGradients, bool trackStatistics)
    {
        long[] shape = [4, 3, 5, 3, 3];
        using var inputs = Noise(shape, ScalarType.Float64, "inputs");
        var request = PassRequest.AdversarialStep(default, 4, probes: true) with { WeightGradients = weightGradients, TrackStatistics = trackStatistics };
        var expected = Run(Normalized(new NeuronSpec(), ScalarType.Float64, 5, cuda: false), inputs, inputs, request);
        var found = Run(Normalized(new NeuronSpec(), ScalarType.Float64, 5, cuda: true), inputs, inputs, request);

        Assert.Equal(expected.Spikes, found.Spikes);
        Assert.All(expected.Gradients.Zip(found.Gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(weightGradients ? 2 : 0, found.WeightGradients);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_a_number_goes_where_it_goes_on_a_processor(double bad)
    {
        long[] shape = [4, 3, 5, 3, 3];
        foreach (var surrogate in Enum.GetValues<SurrogateKind>())
        {
            foreach (var spec in NeuronKernelTests.Specs(surrogate))
            {
                using var inputs = Noise(shape, ScalarType.Float32, "inputs");
                using var gradients = Noise(shape, ScalarType.Float32, "gradients");
                inputs[1, 0, 2, 1, 1] = (float)bad;
                gradients[2, 1, 3, 0, 1] = (float)bad;
                var request = PassRequest.AdversarialStep(default, 4, probes: false);

                AssertSame(Run(Plain(spec, cuda: false), inputs, gradients, request), Run(Plain(spec, cuda: true), inputs, gradients, request), surrogate, ScalarType.Float32, spec);
                AssertSame(
                    Run(Normalized(spec, ScalarType.Float32, 5, cuda: false), inputs, gradients, request),
                    Run(Normalized(spec, ScalarType.Float32, 5, cuda: true), inputs, gradients, request),
                    surrogate,
                    ScalarType.Float32,
                    spec);
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void The_window_changes_no_bit(ScalarType type)
    {
        foreach (var spec in NeuronKernelTests.Specs(SurrogateKind.Atan))
        {
            using var inputs = Noise([7, 2, 5, 3, 3], type, "inputs");
            using var gradients = Noise([7, 2, 5, 3, 3], type, "gradients");
            var request = PassRequest.AdversarialStep(default, 7, probes: false);
            var (plain, normalized) = (Run(Plain(spec, cuda: true), inputs, gradients, request), Run(Normalized(spec, type, 5, cuda: true), inputs, gradients, request));
            foreach (var window in new[] { 1, 3 })
            {
                AssertSame(plain, Run(Plain(spec, cuda: true), inputs, gradients, request, window), spec.Surrogate.Kind, type, spec);
                AssertSame(normalized, Run(Normalized(spec, type, 5, cuda: true), inputs, gradients, request, window), spec.Surrogate.Kind, type, spec);
            }
        }
    }

    [Fact]
    public void Inputs_may_lie_in_memory_as_they_like_and_evaluation_keeps_nothing()
    {
        using var inputs = Noise([4, 3, 5, 6, 7], ScalarType.Float32, "inputs");
        using var transposed = inputs.transpose(0, 4).contiguous().transpose(0, 4);
        var request = PassRequest.AdversarialStep(default, 4, probes: false);
        foreach (var layer in new Layer[] { Plain(new NeuronSpec(), cuda: true), Normalized(new NeuronSpec(), ScalarType.Float32, 5, cuda: true) })
        {
            using var tape = new PassTape(PassRequest.Evaluation(default, 4));
            using var spikes = layer.Forward(transposed, tape);
            var run = Run(layer, inputs, inputs, request);

            AssertSame(run, Run(layer, transposed, transposed, request), SurrogateKind.Atan, ScalarType.Float32, new NeuronSpec());
            Assert.Equal(run.Spikes, Values(spikes));
            Assert.Equal(0, tape.SavedCount);
        }
    }

    /// <summary>Every value there is, times gains that take it to every kind of rounding, to infinity and below the smallest.</summary>
    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Values_of_16_bits_are_rounded_as_libtorch_rounds_them(ScalarType type)
    {
        short[] bits = [.. Enumerable.Range(short.MinValue, 1 << 16).Select(value => (short)value)];
        using var inputs = empty(1, bits.Length, type);
        Marshal.Copy(bits, 0, DeviceMemory.Of(inputs), bits.Length);
        using var reals = inputs.to_type(ScalarType.Float32);
        foreach (var gain in new[] { 1, 0.7501f, 1.0009f, 3e-3f, 1e4f })
        {
            var dynamics = new NeuronDynamics(Leak: 1, Gain: gain, Drive: 0, Threshold: double.MaxValue, Reset: 0, DetachReset: true);
            using var membrane = new Membrane();
            var (spikes, charges) = gpu.Kernel().Forward(dynamics, inputs, membrane, keepCharges: true);
            using var product = reals * gain;
            using var expected = product.to_type(type);

            Assert.Equal(Values(expected), Values(charges!));
            Assert.Equal(Values(expected).Count(double.IsPositiveInfinity), Values(spikes).Sum());
            spikes.Dispose();
            charges!.Dispose();
        }
    }

    /// <summary>Quarters are exact in 16 bits, and so are their sums and first products, so nothing is rounded anywhere.</summary>
    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Neurons_of_16_bits_compute_what_those_of_32_do_where_nothing_is_rounded(ScalarType type)
    {
        foreach (var (detach, steps) in new[] { (true, 5), (false, 2) })
        {
            foreach (var reset in new double?[] { null, 0, 0.25 })
            {
                var spec = new NeuronSpec { Reset = reset, DetachReset = detach, Surrogate = new SurrogateSpec(SurrogateKind.Rect, 1) };
                using var noise = Noise([steps, 2, 3, 4, 5], ScalarType.Float32, "inputs");
                using var quarters = noise.mul_(4).round_().div_(4).alias();
                using var same = quarters.to_type(type);
                var request = PassRequest.AdversarialStep(default, steps, probes: false);

                AssertSame(Run(Plain(spec, cuda: false), quarters, quarters, request), Run(Plain(spec, cuda: true), same, same, request), SurrogateKind.Rect, type, spec);
            }
        }
    }

    [Fact]
    public void An_empty_batch_and_gradients_of_another_shape_never_reach_a_kernel()
    {
        var layer = Plain(new NeuronSpec(), cuda: true);
        using var none = zeros(3, 0, 5);
        using var nothing = layer.Forward(none, new PassTape(PassRequest.Evaluation(default, 3)));
        using var inputs = Noise([3, 2, 1, 1, 5], ScalarType.Float32, "inputs");
        using var fewer = inputs.narrow(4, 0, 4);
        using var tape = new PassTape(PassRequest.AdversarialStep(default, 3, probes: false));
        using var spikes = layer.Forward(inputs, tape);

        Assert.Equal(none.shape, nothing.shape);
        Assert.Throws<ArgumentException>(() => layer.Backward(fewer, tape));
    }

    private NeuronLayer Plain(NeuronSpec spec, bool cuda) => new("sn", spec) { CudaKernel = cuda ? gpu.Kernel() : null };

    private NormalizedNeurons Normalized(NeuronSpec spec, ScalarType type, long channels, bool cuda)
    {
        return new NormalizedNeurons(
            new BatchNorm2d(
                "bn",
                Figures("weight", 0.5, 1.5),
                Figures("bias", -0.2, 0.6),
                Figures("running_mean", -0.2, 0.2, ParameterRole.Statistic),
                Figures("running_var", 0.1, 1, ParameterRole.Statistic),
                WeightInitializer.Counter("bn.num_batches_tracked"),
                BatchNormScope.Sequence),
            Plain(spec, cuda));

        Parameter Figures(string name, double low, double high, ParameterRole role = ParameterRole.Trained) =>
            new($"bn.{name}", [channels], type, role, () => Uniform([channels], type, name, low, high));
    }

    /// <summary>Forward and backward, window by window.</summary>
    private static Trail Run(Layer layer, Tensor inputs_TN, Tensor gradients_TN, PassRequest request, int window = int.MaxValue)
    {
        using var scope = NewDisposeScope();
        using var tape = new PassTape(request);
        window = Math.Min(window, request.TimeSteps);
        var spikes = inputs_TN.split(window).Select(inputs => layer.Forward(inputs, tape)).ToArray();
        var gradients = gradients_TN.split(window).Reverse().Select(gradient => layer.Backward(gradient, tape)!).Reverse().ToArray();

        Assert.Equal(0, tape.SavedCount);
        return new Trail(Values(cat(spikes)), Values(cat(gradients)), tape.WeightGradients.Count, tape.Probe?.Report() ?? []);
    }

    /// <summary>Inputs that make some neurons fire at most steps and others never; gradients of both signs, some of them zero.</summary>
    private static Tensor Noise(long[] shape, ScalarType type, string purpose)
    {
        using var noise = Uniform(shape, ScalarType.Float64, purpose, -1, 1.8);
        using var large = noise.abs() > 0.1;
        using var some = noise * large;
        return some.to_type(type, copy: true);
    }

    private static Tensor Uniform(long[] shape, ScalarType type, string purpose, double low, double high)
    {
        var random = CounterRandom.For(5, purpose);
        var values = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => low + (high - low) * random.Uniform(i)).ToArray();
        using var drawn = tensor(values, shape);
        return drawn.to_type(type, copy: true);
    }

    /// <summary>The same bits; but exponentials are each library's own, so with the sigmoid gradients are equal to rounding.</summary>
    private static void AssertSame(Trail expected, Trail found, SurrogateKind surrogate, ScalarType type, NeuronSpec spec, bool bits = true)
    {
        AssertBits(expected.Spikes, found.Spikes);
        if (bits && surrogate != SurrogateKind.Sigmoid)
        {
            AssertBits(expected.Gradients, found.Gradients);
            Assert.Equal(expected.Probed, found.Probed);
            return;
        }

        var tolerance = type == ScalarType.Float64 ? 1e-14 : 1e-6;
        AssertClose(expected.Gradients, found.Gradients);
        AssertClose(Norms(expected), Norms(found));

        static double[] Norms(Trail trail) => [.. trail.Probed.SelectMany(operation => new[] { operation.InputNorm, operation.OutputNorm })];

        void AssertBits(double[] one, double[] other) =>
            Assert.True(one.Select(Bits).SequenceEqual(other.Select(Bits)), $"{one.Zip(other).Count(pair => Bits(pair.First) != Bits(pair.Second))} differ: {spec}");

        void AssertClose(double[] one, double[] other)
        {
            Assert.Equal(one.Length, other.Length);
            var allowed = tolerance * one.Where(double.IsFinite).Append(1).Max(Math.Abs);
            Assert.True(one.Zip(other).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= allowed), $"they differ: {spec}");
        }

        // Which of the values that are not numbers it is means nothing.
        static long Bits(double value) => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value);
    }

    private sealed record Trail(double[] Spikes, double[] Gradients, int WeightGradients, IReadOnlyList<OperationGradient> Probed);
}
