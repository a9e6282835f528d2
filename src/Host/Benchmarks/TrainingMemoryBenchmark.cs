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
/// network was made and after libtorch was loaded. Each side in a process of its own. They must agree on the first step's loss;
/// <see cref="TrainingStepBenchmark"/>, whose step it is, compares gradients too.
/// </summary>
internal sealed class TrainingMemoryBenchmark(BenchmarkSetting setting, Action<string> progress) : Benchmark
{
    private const int Steps = 3;

    private static readonly TrainingSpec Training = new() { BatchSize = BenchmarkSetting.BatchSize, FlipProbability = 0 };

    private readonly Dictionary<Side, double> _losses = [];

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

    public override double Measure(Side side, CancellationToken cancellation)
    {
        double[] result = [.. SideProcess.Run(this, side, setting, progress, cancellation).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        _losses[side] = result[1];
        if (_losses.Count == 2)
        {
            AgreeOnLoss("first step's", _losses[Side.Ours], _losses[Side.Reference], tolerance: 1e-4);
        }

        return result[0];
    }

    public override string WorkAlone(Side side)
    {
        CheckInput();
        set_num_threads(setting.Threads);
        UseLibtorch();
        var images = setting.LoadBatch();
        var before = ProcessMemory.Resident;
        var (peak, loss) = side == Side.Ours ? TrainOurs(images) : TrainReference(images);
        return FormattableString.Invariant($"{peak - before} {loss:R}");
    }

    public override void Dispose()
    {
    }

    private (long Peak, double Loss) TrainOurs(ImageSet images)
    {
        using var pipeline = new LocalPipeline(setting.CreateNetwork(images).Cut(1, Training.Optimizer), BenchmarkSetting.TimeSteps);
        return PeakOf(() =>
        {
            var step = new TrainingEpoch(Training, setting.Encoder, images, BenchmarkSetting.Seed, epoch: 1, ScalarType.Float32);
            pipeline.Run(step);
            return step.Totals.MeanLoss;
        });
    }

    private (long Peak, double Loss) TrainReference(ImageSet images)
    {
        using var network = setting.CreateReference(images);
        using var trainer = new OpByOpTrainer(network, Training.Optimizer);
        return PeakOf(() =>
        {
            using var batch = ImageBatch.Load(images, [.. Enumerable.Range(0, images.Count)], ScalarType.Float32);
            using var inputs_TN = setting.Encoder.Encode(batch.Bytes_NCHW, _ => default);
            return trainer.Step(inputs_TN, batch.Labels);
        });
    }

    /// <summary>The peak of some steps, and the loss that the first returned.</summary>
    private static (long Peak, double Loss) PeakOf(Func<double> step)
    {
        // What drawing the weights took is not a step's.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        ProcessMemory.ResetPeak();
        var loss = step();
        for (var i = 1; i < Steps; i++)
        {
            step();
        }

        return (ProcessMemory.Peak, loss);
    }

    /// <summary>Has libtorch load and set up what it needs once.</summary>
    private static void UseLibtorch()
    {
        using var scope = NewDisposeScope();
        var weight = ones([8, 3, 3, 3]).requires_grad_();
        nn.functional.conv2d(ones([2, 3, 8, 8]), weight).sum().backward();
    }
}
