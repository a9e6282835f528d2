using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Tests.Kernels;
using SpikeTrail.Snn.Tests.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Neurons;

public sealed class NormalizedNeuronsTests
{
    /// <summary>[T, N, C, H, W]: odd sizes, one channel, one step, channels that fill vectors, and many chunks of blocks.</summary>
    private static readonly long[][] Shapes = [[7, 3, 5, 3, 3], [5, 2, 1, 4, 5], [1, 3, 16, 2, 3], [4, 2, 64, 5, 4], [3, 1, 33, 1, 1], [3, 4, 7, 20, 20]];

    public static MatrixTheoryData<SurrogateKind, ScalarType, BatchStatistics> Cases { get; } = new(
        Enum.GetValues<SurrogateKind>(), [ScalarType.Float32, ScalarType.Float64], Enum.GetValues<BatchStatistics>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_computes_what_the_two_layers_compute(SurrogateKind surrogate, ScalarType type, BatchStatistics batchNorm)
    {
        foreach (var (index, spec) in NeuronKernelTests.Specs(surrogate).Index())
        {
            var shape = Shapes[index % Shapes.Length];
            var request = Request(shape, batchNorm) with { WeightGradients = index % 3 > 0, Probes = index % 2 > 0 };

            AssertClose(Run(spec, type, shape, request, fused: false), Run(spec, type, shape, request), type, $"{spec} {string.Join(", ", shape)}");
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void The_window_changes_no_bit(ScalarType type)
    {
        foreach (var (index, spec) in NeuronKernelTests.Specs(SurrogateKind.Atan).Index())
        {
            var shape = Shapes[index % Shapes.Length];
            var request = Request(shape, BatchStatistics.Running) with { Probes = index % 2 > 0 };
            var whole = Run(spec, type, shape, request);
            foreach (var window in new[] { 1, 3 })
            {
                AssertSame(whole, Run(spec, type, shape, request, window: window));
            }
        }
    }

    [Theory]
    [InlineData(BatchStatistics.Running)]
    [InlineData(BatchStatistics.Batch)]
    public void Neither_threads_nor_a_probe_change_a_bit(BatchStatistics batchNorm)
    {
        var threads = get_num_threads();
        long[] shape = [3, 4, 7, 20, 20];
        var request = Request(shape, batchNorm);
        try
        {
            set_num_threads(1);
            var one = Run(new NeuronSpec(), ScalarType.Float32, shape, request);
            set_num_threads(2);
            AssertSame(one, Run(new NeuronSpec(), ScalarType.Float32, shape, request));
            AssertSame(one, Run(new NeuronSpec(), ScalarType.Float32, shape, request with { Probes = true }) with { Probed = [] });
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(BatchStatistics.Running)]
    [InlineData(BatchStatistics.Batch)]
    public void Inputs_and_gradients_may_lie_in_memory_as_they_like(BatchStatistics batchNorm)
    {
        long[] shape = [4, 3, 5, 6, 7];
        using var inputs = Noise(shape, ScalarType.Float32, "inputs");
        using var channelsLast = inputs.permute(0, 1, 3, 4, 2).contiguous().permute(0, 1, 4, 2, 3);
        using var transposed = inputs.transpose(0, 4).contiguous().transpose(0, 4);
        var run = Run(Layer(new NeuronSpec(), ScalarType.Float32, 5, fused: true), inputs, inputs, Request(shape, batchNorm));

        AssertSame(run, Run(Layer(new NeuronSpec(), ScalarType.Float32, 5, fused: true), channelsLast, channelsLast, Request(shape, batchNorm)));
        AssertSame(run, Run(Layer(new NeuronSpec(), ScalarType.Float32, 5, fused: true), transposed, inputs, Request(shape, batchNorm)));
    }

    [Theory]
    [InlineData(BatchStatistics.Running)]
    [InlineData(BatchStatistics.Batch)]
    public void What_is_not_a_number_goes_where_it_goes_through_the_two_layers(BatchStatistics batchNorm)
    {
        long[] shape = [4, 3, 5, 3, 3];
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            foreach (var spec in NeuronKernelTests.Specs(SurrogateKind.Atan))
            {
                using var inputs = Noise(shape, ScalarType.Float64, "inputs");
                using var gradients = Noise(shape, ScalarType.Float64, "gradients");
                inputs[1, 0, 2, 1, 1] = bad;
                gradients[2, 1, 3, 0, 1] = bad;
                var request = Request(shape, batchNorm);
                var inTurn = new Sequence("both", Norm(ScalarType.Float64, 5), new NeuronLayer("sn", spec));
                var fused = Run(Layer(spec, ScalarType.Float64, 5, fused: true), inputs, gradients, request);

                AssertClose(Run(inTurn, inputs, gradients, request), fused, ScalarType.Float64, $"{spec} {bad}");
                Assert.Contains(double.NaN, fused.Gradients.Concat(fused.WeightGradients["bn.weight"]));
            }
        }
    }

    [Theory]
    [InlineData(BatchNormScope.Sequence)]
    [InlineData(BatchNormScope.Step)]
    public void Running_statistics_move_alike_whatever_normalises(BatchNormScope scope)
    {
        long[] shape = [4, 3, 5, 6, 7];
        foreach (var batchNorm in Enum.GetValues<BatchStatistics>())
        {
            var request = Request(shape, batchNorm) with { TrackStatistics = true };
            var fused = Run(new NeuronSpec(), ScalarType.Float64, shape, request, scope: scope);

            AssertClose(Run(new NeuronSpec(), ScalarType.Float64, shape, request, fused: false, scope: scope), fused, ScalarType.Float64, $"{batchNorm}");
            Assert.Equal(scope == BatchNormScope.Step ? 4 : 1, fused.Statistics["bn.num_batches_tracked"].Single());
        }
    }

    [Theory]
    [InlineData(BatchStatistics.Running)]
    [InlineData(BatchStatistics.Batch)]
    public void A_batch_of_no_images_goes_through(BatchStatistics batchNorm)
    {
        long[] shape = [3, 0, 5, 3, 3];
        var layer = Layer(new NeuronSpec(), ScalarType.Float32, 5, fused: true);
        using var none = zeros(shape);
        using var tape = new PassTape(PassRequest.Evaluation(default, 3) with { BatchNorm = batchNorm });
        using var spikes = layer.Forward(none, tape);

        Assert.Equal(shape, spikes.shape);
    }

    [Fact]
    public void A_pass_keeps_the_inputs_and_little_else()
    {
        long[] shape = [10, 4, 16, 8, 8];
        using var inputs = Noise(shape, ScalarType.Float32, "inputs");
        using var evaluation = new PassTape(PassRequest.Evaluation(default, 10));
        using var attack = new PassTape(PassRequest.AdversarialStep(default, 10, probes: false));
        var layer = Layer(new NeuronSpec(), ScalarType.Float32, 16, fused: true);
        using var spikes = layer.Forward(inputs, evaluation);
        using var same = layer.Forward(inputs, attack);

        Assert.Equal(0, evaluation.SavedBytes);
        Assert.InRange(attack.SavedBytes, 0, 1.11 * inputs.NumberOfElements * sizeof(float));
        Assert.Equal(Values(spikes), Values(same));
    }

    [Fact]
    public void Gradients_of_another_shape_are_refused()
    {
        using var inputs = Noise([4, 3, 5, 6, 7], ScalarType.Float32, "inputs");
        using var gradients = inputs.narrow(3, 0, 5);
        using var tape = new PassTape(PassRequest.AdversarialStep(default, 4, probes: false));
        var layer = Layer(new NeuronSpec(), ScalarType.Float32, 5, fused: true);
        using var spikes = layer.Forward(inputs, tape);

        Assert.Throws<ArgumentException>(() => layer.Backward(gradients, tape));
    }

    private static PassRequest Request(long[] shape, BatchStatistics batchNorm) => GradientRun.Request((int)shape[0], batchNorm);

    private static NormalizedNeurons Layer(NeuronSpec spec, ScalarType type, long channels, bool fused, BatchNormScope scope = BatchNormScope.Sequence) =>
        new(Norm(type, channels, scope), new NeuronLayer("sn", spec) { UseKernel = fused });

    private static BatchNorm2d Norm(ScalarType type, long channels, BatchNormScope scope = BatchNormScope.Sequence)
    {
        return new BatchNorm2d(
            "bn",
            Figures("weight", 0.5, 1.5),
            Figures("bias", -0.2, 0.6),
            Figures("running_mean", -0.2, 0.2, ParameterRole.Statistic),
            Figures("running_var", 0.1, 1, ParameterRole.Statistic),
            WeightInitializer.Counter("bn.num_batches_tracked"),
            scope);

        Parameter Figures(string name, double low, double high, ParameterRole role = ParameterRole.Trained) =>
            new($"bn.{name}", [channels], type, role, () => Uniform([channels], type, name, low, high));
    }

    private static Trail Run(
        NeuronSpec spec,
        ScalarType type,
        long[] shape,
        PassRequest request,
        bool fused = true,
        int window = int.MaxValue,
        BatchNormScope scope = BatchNormScope.Sequence)
    {
        using var inputs = Noise(shape, type, "inputs");
        using var gradients = Noise(shape, type, "gradients");
        return Run(Layer(spec, type, shape[2], fused, scope), inputs, gradients, request, window);
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
        return new Trail(
            Values(cat(spikes)),
            Values(cat(gradients)),
            tape.WeightGradients.ToDictionary(entry => entry.Key.Key, entry => Values(entry.Value)),
            layer.Parameters.Where(parameter => parameter.Role == ParameterRole.Statistic).ToDictionary(parameter => parameter.Key, parameter => Values(parameter.Value)),
            tape.Probe?.Report() ?? []);
    }

    /// <summary>Inputs that make some neurons fire at most steps and others never; gradients of both signs, some of them zero.</summary>
    private static Tensor Noise(long[] shape, ScalarType type, string purpose)
    {
        using var noise = Uniform(shape, type, purpose, -1, 1.8);
        return noise.where(noise.abs() > 0.1, 0).to_type(type);
    }

    private static Tensor Uniform(long[] shape, ScalarType type, string purpose, double low, double high)
    {
        var random = CounterRandom.For(5, purpose);
        var values = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => low + (high - low) * random.Uniform(i)).ToArray();
        using var drawn = tensor(values, shape);
        return drawn.to_type(type, copy: true);
    }

    /// <summary>
    /// Equal to rounding, which the largest value of each kind sets. In float32 a charge may lie within rounding of the threshold; what
    /// follows from such a spike is not compared.
    /// </summary>
    private static void AssertClose(Trail expected, Trail actual, ScalarType type, string what)
    {
        var tolerance = type == ScalarType.Float32 ? 2e-5 : 1e-12;
        var differing = expected.Spikes.Zip(actual.Spikes).Count(pair => pair.First != pair.Second);
        if (differing > 0)
        {
            Assert.True(type == ScalarType.Float32 && differing <= 2, $"{differing} spikes differ: {what}");
            return;
        }

        Assert.Equal(expected.Spikes.Length, actual.Spikes.Length);
        AssertNear(expected.Gradients, actual.Gradients, $"gradients, {what}");
        AssertAllNear(expected.WeightGradients, actual.WeightGradients);
        AssertAllNear(expected.Statistics, actual.Statistics);
        AssertAllNear(Figures(expected.Probed), Figures(actual.Probed));

        void AssertAllNear(IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> actual)
        {
            Assert.Equal(expected.Keys, actual.Keys);
            Assert.All(expected.Keys, key => AssertNear(expected[key], actual[key], $"{key}, {what}"));
        }

        void AssertNear(double[] expected, double[] actual, string what)
        {
            Assert.Equal(expected.Length, actual.Length);
            var allowed = tolerance * expected.Where(double.IsFinite).Append(1).Max(Math.Abs);
            foreach (var (one, other) in expected.Zip(actual))
            {
                Assert.True(one.Equals(other) || Math.Abs(one - other) <= allowed, $"{one} and {other} differ: {what}");
            }
        }
    }

    private static Dictionary<string, double[]> Figures(IReadOnlyList<OperationGradient> probed) => probed.ToDictionary(
        operation => $"{operation.Module} {operation.Kind} {operation.InputElements} {operation.OutputElements}",
        operation => new[] { operation.InputNorm, operation.OutputNorm });

    private static void AssertSame(Trail expected, Trail actual)
    {
        Assert.Equal(expected.Spikes, actual.Spikes);
        Assert.Equal(expected.Gradients, actual.Gradients);
        Assert.Equal(expected.WeightGradients, actual.WeightGradients);
        Assert.Equal(expected.Statistics, actual.Statistics);
        Assert.Equal(expected.Probed, actual.Probed);
    }

    private sealed record Trail(
        double[] Spikes,
        double[] Gradients,
        IReadOnlyDictionary<string, double[]> WeightGradients,
        IReadOnlyDictionary<string, double[]> Statistics,
        IReadOnlyList<OperationGradient> Probed);
}
