using System.Diagnostics;
using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Growth;

/// <summary>The work at one setting. Images are loaded and encoded each time, as they are in training and in attacks.</summary>
/// <param name="point">The setting.</param>
/// <param name="pipeline">The network, in one layer group and one window. It stays the caller's.</param>
/// <param name="images">One batch.</param>
internal sealed class GrowthWork(GrowthPoint point, LocalPipeline pipeline, ImageSet images)
{
    private const int Bits = 8;

    // The rate is 0: Adam does its work and the weights stay. Running statistics move, and with them how much spikes where they normalise.
    private readonly TrainingSpec _training = new()
    {
        BatchSize = point.BatchSize,
        FlipProbability = 0,
        Optimizer = new OptimizerSpec { LearningRate = 0 },
    };

    private readonly Encoder _encoder = new PhaseEncoder(point.TimeSteps, Bits);

    /// <summary>What is measured, in the order of <see cref="Milliseconds"/>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["training step", "adversarial step", "evaluation pass"];

    /// <summary>Does each kind of work once, and says how long it took.</summary>
    public double[] Milliseconds() => [Time(Train), Time(Attack), Time(Evaluate)];

    private void Train() => pipeline.Run(new TrainingEpoch(_training, _encoder, images, BenchmarkSetting.Seed, epoch: 1, ScalarType.Float32));

    private void Attack()
    {
        using var batch = ImageBatch.Load(images, [.. Enumerable.Range(0, images.Count)], ScalarType.Float32);
        using var pass = new BatchPass(
            PassRequest.AdversarialStep(default, point.TimeSteps, probes: false), _encoder.Encode(batch.Bytes_NCHW, _ => default), batch.Labels);
        pipeline.Run(pass);
        using var gradient_NCHW = _encoder.Backward(pass.Outcome.InputGradients_TN!);
    }

    private void Evaluate() => pipeline.Run(new CleanTest(_encoder, images, point.BatchSize, BenchmarkSetting.Seed, ScalarType.Float32));

    private static double Time(Action work)
    {
        // None is to clean up after another.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
