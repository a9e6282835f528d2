using BenchmarkDotNet.Attributes;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Bench;

/// <summary>Evaluation of SEW-ResNet18 at width 0.25 in one window of T and frame by frame: 16 images of 3×32×32, float32, one thread.</summary>
public class FrameBenchmarks
{
    private const int TimeSteps = 10;
    private const int Images = 16;
    private const int Classes = 10;

    private static readonly IReadOnlyList<int> Labels = [.. Enumerable.Range(0, Images).Select(image => image % Classes)];

    private LocalPipeline _whole = null!;
    private LocalPipeline _frames = null!;
    private Tensor _spikes_TNCHW = null!;

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        random.manual_seed(1);
        _whole = Pipeline(TimeSteps);
        _frames = Pipeline(window: 1);
        using var noise_TNCHW = rand([TimeSteps, Images, 3, 32, 32]);
        using var fires_TNCHW = noise_TNCHW.lt(0.3);
        _spikes_TNCHW = fires_TNCHW.to_type(ScalarType.Float32);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _whole.Dispose();
        _frames.Dispose();
        _spikes_TNCHW.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Whole() => Evaluate(_whole);

    [Benchmark]
    public void FrameByFrame() => Evaluate(_frames);

    private void Evaluate(LocalPipeline pipeline)
    {
        using var pass = new BatchPass(PassRequest.Evaluation(default, TimeSteps), _spikes_TNCHW.alias(), Labels);
        pipeline.Run(pass);
    }

    private static LocalPipeline Pipeline(int window)
    {
        var spec = new NetworkSpec { Name = "sew-resnet18", Depth = 18, Width = 0.25 };
        return new LocalPipeline(Network.Create(spec, [3, 32, 32], Classes, seed: 7).Cut(1, new OptimizerSpec()), window);
    }
}
