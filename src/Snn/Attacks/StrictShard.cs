using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// Measures a slice of the test set under protocol <c>strict</c>: batch norm frozen on running statistics, pixels
/// attacked through the encoder straight through, one perturbation for all T steps, the attacked image rounded to bytes
/// (within the budget) before it is encoded. Images are independent of each other, of their batch and of their order.
/// </summary>
/// <param name="attack">The attack with its budget; null measures the clean images.</param>
/// <param name="encoder">The encoder.</param>
/// <param name="images">The test images.</param>
/// <param name="slice">Which of them.</param>
/// <param name="seed">The run's seed: random starts and random codes follow from it and an image's place in the set.</param>
/// <param name="batchSize">Images a pass.</param>
/// <param name="type">The network's element type.</param>
/// <param name="phaseWeights">Whether the phase encoder's backward weighs step t by omega(t).</param>
public sealed class StrictShard(
    Attack? attack, Encoder encoder, ImageSet images, Range slice, long seed, int batchSize, ScalarType type, bool phaseWeights = false) : IPassJob
{
    private readonly int[] _indices = [.. Enumerable.Range(0, images.Count).Take(slice)];
    private InputGradient _inputGradient = InputGradient.Empty;
    private IReadOnlyList<OperationGradient> _operations = [];

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => _indices.Length * CostPerImage(attack);

    /// <inheritdoc/>
    public double? InputZeroFraction => _inputGradient.Elements == 0 ? null : (double)_inputGradient.Zeros / _inputGradient.Elements;

    /// <summary>What was measured; complete once all passes have run.</summary>
    public Measurement Measurement => new(Totals.Correct, Totals.Images, Totals.Loss, _inputGradient, _operations);

    /// <summary>Image passes that one image takes.</summary>
    public static long CostPerImage(Attack? attack) => attack is null ? 3 : attack.Restarts * (3L * attack.Iterations + 1);

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes() => _indices.Chunk(batchSize).SelectMany(indices => attack is null ? CleanBatch(indices) : AttackedBatch(attack, indices));

    private IEnumerable<BatchPass> CleanBatch(int[] indices)
    {
        using var batch = ImageBatch.Load(images, indices, type);
        using var pass = Pass(batch, batch.Bytes_NCHW, PassRequest.AdversarialStep(default, encoder.TimeSteps, probes: true), restart: 0, draw: 0);
        yield return pass;

        using var gradient = encoder.Backward(pass.Outcome.InputGradients_TN!, phaseWeights);
        RecordGradient(gradient, pass.Outcome.Operations);
        Totals.Add(pass.Outcome.Prediction.Correct, pass.Outcome.Prediction.Losses);
    }

    private IEnumerable<BatchPass> AttackedBatch(Attack attack, int[] indices)
    {
        using var batch = ImageBatch.Load(images, indices, type);
        using var clean = batch.Bytes_NCHW / 255;
        var verdict = new Verdict(indices.Length);
        for (var restart = 0; restart < attack.Restarts; restart++)
        {
            var start = CounterRandom.For(seed, "attack-start").At(restart);
            using var adversarial = new Replaceable(attack.Start(clean, i => start.At(indices[i])));
            for (var iteration = 0; iteration < attack.Iterations; iteration++)
            {
                var first = restart == 0 && iteration == 0;
                using var bytes = Quantize(adversarial.Value, batch, attack);
                using var pass = Pass(batch, bytes, PassRequest.AdversarialStep(default, encoder.TimeSteps, probes: first), restart, iteration);
                yield return pass;

                using var gradient = encoder.Backward(pass.Outcome.InputGradients_TN!, phaseWeights);
                if (first)
                {
                    RecordGradient(gradient, pass.Outcome.Operations);
                }

                adversarial.Value = attack.Step(adversarial.Value, clean, gradient);
            }

            using var attacked = Quantize(adversarial.Value, batch, attack);
            using var evaluation = Pass(batch, attacked, PassRequest.Evaluation(default, encoder.TimeSteps), restart, attack.Iterations);
            yield return evaluation;
            verdict.Add(evaluation.Outcome.Prediction);
        }

        Totals.Add(verdict.Correct, verdict.Losses);
    }

    /// <summary>A pass over images of bytes; a code that draws at random draws afresh for every restart and iteration.</summary>
    private BatchPass Pass(ImageBatch batch, Tensor bytes_NCHW, PassRequest request, int restart, int draw)
    {
        var noise = CounterRandom.For(seed, "attack-code").At(restart).At(draw);
        return new BatchPass(request, encoder.Encode(bytes_NCHW, i => noise.At(batch.Indices[i])), batch.Labels);
    }

    /// <summary>The attacked images as an image file would hold them: whole bytes, no further from the clean ones than eps.</summary>
    private static Tensor Quantize(Tensor adversarial_NCHW, ImageBatch batch, Attack attack)
    {
        // The small addition keeps a whole eps such as 8/255 · 255 from being floored to 7.
        var wholeEpsilon = Math.Floor(attack.Epsilon * 255 + 1e-6);
        using var bytes = adversarial_NCHW * 255;
        using var change = bytes.round_() - batch.Bytes_NCHW;
        return batch.Bytes_NCHW + change.clamp_(-wholeEpsilon, wholeEpsilon);
    }

    private void RecordGradient(Tensor gradient_NCHW, IReadOnlyList<OperationGradient> operations)
    {
        _inputGradient = _inputGradient.Add(InputGradientProbe.Measure(gradient_NCHW));
        _operations = OperationGradient.Add(_operations, operations);
    }

    /// <summary>A tensor that gives way to the next; the last is freed with this, wherever the job is given up.</summary>
    private sealed class Replaceable(Tensor first) : IDisposable
    {
        private Tensor _value = first;

        public Tensor Value
        {
            get => _value;
            set
            {
                _value.Dispose();
                _value = value;
            }
        }

        public void Dispose() => _value.Dispose();
    }

    /// <summary>Each image's worst case over all restarts.</summary>
    private sealed class Verdict(int images)
    {
        public bool[] Correct { get; } = [.. Enumerable.Repeat(true, images)];

        public double[] Losses { get; } = [.. Enumerable.Repeat(double.NegativeInfinity, images)];

        public void Add(Prediction prediction)
        {
            for (var i = 0; i < Correct.Length; i++)
            {
                Correct[i] &= prediction.Correct[i];
                Losses[i] = Math.Max(Losses[i], prediction.Losses[i]);
            }
        }
    }
}
