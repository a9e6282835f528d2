using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>Loss and accuracy on images as they are, on running statistics.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="images">The images.</param>
/// <param name="batchSize">Images a pass.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="type">The network's element type.</param>
public sealed class CleanTest(Encoder encoder, ImageSet images, int batchSize, long seed, ScalarType type) : IPassJob
{
    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => images.Count;

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes()
    {
        var noise = CounterRandom.For(seed, "test-code");
        foreach (var indices in Enumerable.Range(0, images.Count).Chunk(batchSize))
        {
            using var batch = ImageBatch.Load(images, indices, type);
            using var pass = new BatchPass(
                PassRequest.Evaluation(default, encoder.TimeSteps), encoder.Encode(batch.Bytes_NCHW, i => noise.At(indices[i])), batch.Labels);
            yield return pass;
            Totals.Add(pass.Outcome.Prediction.Correct, pass.Outcome.Prediction.Losses);
        }
    }
}
