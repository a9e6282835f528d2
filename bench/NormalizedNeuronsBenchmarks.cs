using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Neurons;
using static TorchSharp.torch;

namespace SpikeTrail.Bench;

/// <summary>
/// Batch norm and the neurons after it, one after the other (the neurons on their kernel) and in one kernel: float32, two threads. The former
/// have their inputs in libtorch's usual order in memory, the latter with channels last.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class NormalizedNeuronsBenchmarks
{
    private const int TimeSteps = 10;

    private static readonly PassRequest Evaluation = PassRequest.Evaluation(default, TimeSteps);
    private static readonly PassRequest Attack = PassRequest.AdversarialStep(default, TimeSteps, probes: false);
    private static readonly PassRequest Training = PassRequest.Training(default, TimeSteps, learningRate: 0);

    private Layer _twoLayers = null!;
    private Layer _oneKernel = null!;
    private Tensor _inputs_TNCHW = null!;
    private Tensor _gradients_TNCHW = null!;
    private Tensor _inputsChannelsLast = null!;
    private Tensor _gradientsChannelsLast = null!;

    [Params("10,16,64,16,16", "10,16,64,8,8")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(2);
        random.manual_seed(1);
        var shape = Shape.Split(',').Select(long.Parse).ToArray();
        _twoLayers = new Sequence("both", Norm(shape[2]), new NeuronLayer("sn", new NeuronSpec()));
        _oneKernel = new NormalizedNeurons(Norm(shape[2]), new NeuronLayer("sn", new NeuronSpec()));
        _inputs_TNCHW = randn(shape, ScalarType.Float32);
        _gradients_TNCHW = randn(shape, ScalarType.Float32);
        _inputsChannelsLast = TensorMemory.ChannelsLast(_inputs_TNCHW);
        _gradientsChannelsLast = TensorMemory.ChannelsLast(_gradients_TNCHW);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var tensor in new[] { _inputs_TNCHW, _gradients_TNCHW, _inputsChannelsLast, _gradientsChannelsLast })
        {
            tensor.Dispose();
        }
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("forward")]
    public void ForwardInTurn() => Run(_twoLayers, Evaluation, _inputs_TNCHW, _gradients_TNCHW);

    [Benchmark]
    [BenchmarkCategory("forward")]
    public void ForwardAsOne() => Run(_oneKernel, Evaluation, _inputsChannelsLast, _gradientsChannelsLast);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("attack")]
    public void AttackInTurn() => Run(_twoLayers, Attack, _inputs_TNCHW, _gradients_TNCHW);

    [Benchmark]
    [BenchmarkCategory("attack")]
    public void AttackAsOne() => Run(_oneKernel, Attack, _inputsChannelsLast, _gradientsChannelsLast);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("training")]
    public void TrainingInTurn() => Run(_twoLayers, Training, _inputs_TNCHW, _gradients_TNCHW);

    [Benchmark]
    [BenchmarkCategory("training")]
    public void TrainingAsOne() => Run(_oneKernel, Training, _inputsChannelsLast, _gradientsChannelsLast);

    private static void Run(Layer layer, PassRequest request, Tensor inputs, Tensor gradients)
    {
        using var tape = new PassTape(request);
        using var spikes_TNCHW = layer.Forward(inputs, tape);
        using var inputGradients_TNCHW = request.Backward ? layer.Backward(gradients, tape) : null;
    }

    private static BatchNorm2d Norm(long channels)
    {
        return new BatchNorm2d(
            "bn",
            Constant("weight", 1),
            Constant("bias", 0),
            Constant("running_mean", 0, ParameterRole.Statistic),
            Constant("running_var", 1, ParameterRole.Statistic),
            new Parameter("bn.num_batches_tracked", [], ScalarType.Int64, ParameterRole.Statistic, () => zeros([], ScalarType.Int64)),
            BatchNormScope.Sequence);

        Parameter Constant(string name, double value, ParameterRole role = ParameterRole.Trained) =>
            new($"bn.{name}", [channels], ScalarType.Float32, role, () => full([channels], value, ScalarType.Float32));
    }
}
