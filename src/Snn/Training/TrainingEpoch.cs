using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>One epoch: every training image once, in an order and with flips that depend on seed and epoch alone.</summary>
/// <param name="training">How.</param>
/// <param name="encoder">The encoder.</param>
/// <param name="images">The training images.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="epoch">Which epoch, from 1.</param>
/// <param name="type">The network's element type.</param>
public sealed class TrainingEpoch(TrainingSpec training, Encoder encoder, ImageSet images, long seed, int epoch, ScalarType type) : IPassJob
{
    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => 3L * images.Count;

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes()
    {
        var flips = CounterRandom.For(seed, "flip").At(epoch);
        var noise = CounterRandom.For(seed, "training-code").At(epoch);
        var request = PassRequest.Training(default, encoder.TimeSteps, LearningRate.At(training, epoch));
        foreach (var indices in CounterRandom.For(seed, "order").At(epoch).Permutation(images.Count).Chunk(training.BatchSize))
        {
            using var batch = ImageBatch.Load(images, indices, type, index => flips.Uniform(index) < training.FlipProbability);
            using var pass = new BatchPass(request, encoder.Encode(batch.Bytes_NCHW, i => noise.At(indices[i])), batch.Labels);
            yield return pass;
            Totals.Add(pass.Outcome.Prediction.Correct, pass.Outcome.Prediction.Losses);
        }
    }
}
