using System.Diagnostics;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Work on one batch, both sides in this process and on this thread: the same weights, the same images.</summary>
internal abstract class BatchBenchmark(BenchmarkSetting setting) : Benchmark
{
    private LocalPipeline? _ours;
    private OpByOpNetwork? _reference;
    private ImageSet? _images;

    protected BenchmarkSetting Setting { get; } = setting;

    protected LocalPipeline Ours => _ours ?? throw NotPrepared();

    protected OpByOpNetwork Reference => _reference ?? throw NotPrepared();

    /// <summary>The batch.</summary>
    protected ImageSet Images => _images ?? throw NotPrepared();

    public override int Rounds => 11;

    public override void CheckInput() => Setting.LoadBatch();

    public override void Prepare()
    {
        set_num_threads(Setting.Threads);
        _images = Setting.LoadBatch();
        _reference = Setting.CreateReference(_images);
        _ours = new LocalPipeline(Setting.CreateNetwork(_images).Cut(1, new OptimizerSpec()), BenchmarkSetting.TimeSteps);
        Check();
    }

    public override double Measure(Side side, CancellationToken cancellation)
    {
        // Neither side is to clean up after the other.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var started = Stopwatch.GetTimestamp();
        if (side == Side.Ours)
        {
            RunOurs();
        }
        else
        {
            RunReference();
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public override void Dispose()
    {
        _ours?.Dispose();
        _reference?.Dispose();
    }

    /// <summary>Checks that both sides compute the same; it also warms them up.</summary>
    protected abstract void Check();

    protected abstract void RunOurs();

    protected abstract void RunReference();

    /// <summary>The batch as both sides load it, its images in the order they are stored.</summary>
    protected ImageBatch Load() => ImageBatch.Load(Images, [.. Enumerable.Range(0, Images.Count)], ScalarType.Float32);

    /// <summary>The encoded batch, [T, N, C, H, W].</summary>
    protected Tensor Encode(ImageBatch batch) => Setting.Encoder.Encode(batch.Bytes_NCHW, _ => default);

    /// <summary>Checks that both sides put nearly all images in the same classes: rounding may tip one that lies between two.</summary>
    protected void AgreeOnClasses(IReadOnlyList<int> reference, Tensor logits_NK)
    {
        using var classes = logits_NK.argmax(1);
        var same = reference.Zip(classes.data<long>(), (expected, actual) => expected == actual).Count(equal => equal);
        Agree(same >= 0.9 * reference.Count, $"{same} of {reference.Count} images are put in the same class, expected nine in ten");
    }

    private static InvalidOperationException NotPrepared() => new("the benchmark was not prepared");
}
