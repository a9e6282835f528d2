using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>
/// One epoch, or a stretch of it: every training image once, in an order and with flips that depend on seed and epoch
/// alone. An epoch trained in stretches comes to the same bits as one trained at once.
/// </summary>
/// <param name="training">How.</param>
/// <param name="encoder">The encoder.</param>
/// <param name="images">The training images.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="epoch">Which epoch, from 1.</param>
/// <param name="type">The network's element type.</param>
/// <param name="from">What was trained of it before; null to begin it.</param>
/// <param name="steps">How many steps to go; null to go to its end.</param>
public sealed class TrainingEpoch(
    TrainingSpec training, Encoder encoder, ImageSet images, long seed, int epoch, ScalarType type, EpochProgress? from = null, int? steps = null) : IPassJob
{
    private int _steps = from?.Steps ?? 0;

    /// <summary>What the epoch came to so far, what was trained before included.</summary>
    public PassTotals Totals { get; } = from is null ? new() : new(from.Images, from.Correct, from.Loss);

    /// <summary>How far the epoch is.</summary>
    public EpochProgress Progress => new(_steps, Totals.Images, Totals.Correct, Totals.Loss);

    /// <summary>Whether the epoch is at its end.</summary>
    public bool IsWhole => Totals.Images == images.Count;

    /// <inheritdoc/>
    public long Cost => CostOf(Math.Min(images.Count - (from?.Images ?? 0), (long)(steps ?? images.Count) * training.BatchSize));

    /// <summary>Image passes that training on some images takes.</summary>
    public static long CostOf(long images) => 3 * images;

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes()
    {
        var flips = CounterRandom.For(seed, "flip").At(epoch);
        var noise = CounterRandom.For(seed, "training-code").At(epoch);
        var request = PassRequest.Training(default, encoder.TimeSteps, LearningRate.At(training, epoch));
        var batches = CounterRandom.For(seed, "order").At(epoch).Permutation(images.Count).Chunk(training.BatchSize);
        foreach (var indices in batches.Skip(_steps).Take(steps ?? int.MaxValue))
        {
            using var batch = ImageBatch.Load(images, indices, type, index => flips.Uniform(index) < training.FlipProbability);
            using var pass = new BatchPass(request, encoder.Encode(batch.Bytes_NCHW, i => noise.At(indices[i])), batch.Labels);
            yield return pass;
            Totals.Add(pass.Outcome.Prediction.Correct, pass.Outcome.Prediction.Losses);
            _steps++;
        }
    }
}
