using System.Globalization;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>
/// What a training step takes at its peak: the most memory that three steps have resident, less what was resident before the
/// network was made and after libtorch was loaded. Each side in a process of its own.
/// </summary>
internal sealed class TrainingMemoryBenchmark(BenchmarkSetting setting, Action<string> progress) : Benchmark
{
    private const int Steps = 3;

    private static readonly TrainingSpec Training = new() { BatchSize = BenchmarkSetting.BatchSize, FlipProbability = 0 };

    public override string Name => "training-memory";

    public override string Title => "peak memory of a training step";

    public override double Target => 1.7;

    public override Unit Unit => Unit.Bytes;

    public override int Rounds => 3;

    public override void CheckInput()
    {
        if (!ProcessMemory.IsKnown)
        {
            throw new InputException($"{Name}: expected Linux, which counts a process's memory in /proc");
        }

        setting.LoadBatch();
    }

    public override double Measure(Side side, CancellationToken cancellation) =>
        double.Parse(SideProcess.Run(this, side, setting, progress, cancellation), CultureInfo.InvariantCulture);

    public override string WorkAlone(Side side)
    {
        CheckInput();
        set_num_threads(setting.Threads);
        UseLibtorch();
        var images = setting.LoadBatch();
        var before = ProcessMemory.Resident;
        var peak = side == Side.Ours ? TrainOurs(images) : TrainReference(images);
        return (peak - before).ToString(CultureInfo.InvariantCulture);
    }

    public override void Dispose()
    {
    }

    private long TrainOurs(ImageSet images)
    {
        using var pipeline = new LocalPipeline(setting.CreateNetwork(images).Cut(1, Training.Optimizer), BenchmarkSetting.TimeSteps);
        return PeakOf(() => pipeline.Run(new TrainingEpoch(Training, setting.Encoder, images, BenchmarkSetting.Seed, epoch: 1, ScalarType.Float32)));
    }

    private long TrainReference(ImageSet images)
    {
        using var network = setting.CreateReference(images);
        using var trainer = new OpByOpTrainer(network, Training.Optimizer);
        return PeakOf(() =>
        {
            using var batch = ImageBatch.Load(images, [.. Enumerable.Range(0, images.Count)], ScalarType.Float32);
            using var inputs_TN = setting.Encoder.Encode(batch.Bytes_NCHW, _ => default);
            trainer.Step(inputs_TN, batch.Labels);
        });
    }

    private static long PeakOf(Action step)
    {
        // What drawing the weights took is not a step's.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        ProcessMemory.ResetPeak();
        for (var i = 0; i < Steps; i++)
        {
            step();
        }

        return ProcessMemory.Peak;
    }

    /// <summary>Has libtorch load and set up what it needs once.</summary>
    private static void UseLibtorch()
    {
        using var scope = NewDisposeScope();
        var weight = ones([8, 3, 3, 3]).requires_grad_();
        nn.functional.conv2d(ones([2, 3, 8, 8]), weight).sum().backward();
    }
}
