using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Neurons;
using static TorchSharp.torch;

namespace SpikeTrail.Bench;

/// <summary>A layer of neurons on tensor operations and on the fused kernel: float32, one thread.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class NeuronLayerBenchmarks
{
    private const int TimeSteps = 10;

    private readonly NeuronLayer _onTensors = new("sn", new NeuronSpec()) { UseKernel = false };
    private readonly NeuronLayer _onKernel = new("sn", new NeuronSpec());
    private Tensor _inputs_TNCHW = null!;
    private Tensor _gradients_TNCHW = null!;

    [Params("10,16,64,16,16", "10,16,128,4,4")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        random.manual_seed(1);
        var shape = Shape.Split(',').Select(long.Parse).ToArray();
        _inputs_TNCHW = randn(shape, ScalarType.Float32);
        _gradients_TNCHW = randn(shape, ScalarType.Float32);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _inputs_TNCHW.Dispose();
        _gradients_TNCHW.Dispose();
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("forward")]
    public void ForwardOnTensors() => Forward(_onTensors);

    [Benchmark]
    [BenchmarkCategory("forward")]
    public void ForwardOnKernel() => Forward(_onKernel);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("forward and backward")]
    public void BothOnTensors() => Both(_onTensors);

    [Benchmark]
    [BenchmarkCategory("forward and backward")]
    public void BothOnKernel() => Both(_onKernel);

    private void Forward(NeuronLayer layer)
    {
        using var tape = new PassTape(PassRequest.Evaluation(default, TimeSteps));
        using var spikes_TNCHW = layer.Forward(_inputs_TNCHW, tape);
    }

    private void Both(NeuronLayer layer)
    {
        using var tape = new PassTape(PassRequest.AdversarialStep(default, TimeSteps, probes: false));
        using var spikes_TNCHW = layer.Forward(_inputs_TNCHW, tape);
        using var inputGradients_TNCHW = layer.Backward(_gradients_TNCHW, tape);
    }
}
