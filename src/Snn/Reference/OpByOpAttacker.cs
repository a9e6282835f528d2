using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Reference;

/// <summary>What an <see cref="OpByOpNetwork"/> predicts of a batch.</summary>
/// <param name="Losses">The cross-entropy of each image.</param>
/// <param name="Classes">The class each image is put in.</param>
public sealed record OpByOpPrediction(IReadOnlyList<double> Losses, IReadOnlyList<int> Classes);

/// <summary>
/// Attacks an <see cref="OpByOpNetwork"/> under the protocol <c>strict</c> the way published code does: one attack and one
/// budget at a time, a gradient is <c>loss.backward()</c> over everything that asks for one, the weights included, and
/// predictions are passes of their own. Steps and starts are those of <see cref="Attack"/>.
/// </summary>
/// <param name="network">The network. It stays the caller's.</param>
/// <param name="encoder">The encoder.</param>
public sealed class OpByOpAttacker(OpByOpNetwork network, Encoder encoder)
{
    /// <summary>The attacked images in [0, 1], [N, C, H, W].</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="batch">The clean images.</param>
    /// <param name="random">Each image's own randomness for the attack's start, by its place in the batch.</param>
    public Tensor Craft(Attack attack, ImageBatch batch, Func<int, CounterRandom> random)
    {
        using var clean_NCHW = batch.Bytes_NCHW / 255;
        var attacked_NCHW = attack.Start(clean_NCHW, random);
        for (var iteration = 0; iteration < attack.Iterations; iteration++)
        {
            using var before = attacked_NCHW;
            using var gradient_NCHW = Gradient(before, attack.Epsilon, batch);
            attacked_NCHW = attack.Step(before, clean_NCHW, gradient_NCHW);
        }

        return attacked_NCHW;
    }

    /// <summary>The gradient of each image's loss with respect to the image, [N, C, H, W], straight through rounding and code.</summary>
    /// <param name="attacked_NCHW">The images in [0, 1].</param>
    /// <param name="epsilon">The budget in [0, 1].</param>
    /// <param name="batch">The clean images.</param>
    public Tensor Gradient(Tensor attacked_NCHW, double epsilon, ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        network.ClearGradients();
        var inputs_TN = Encode(attacked_NCHW, epsilon, batch).requires_grad_();
        var logits_NK = network.Forward(inputs_TN, batchStatistics: false);
        nn.functional.cross_entropy(logits_NK, Labels(batch), reduction: nn.Reduction.Sum).backward();
        return inputs_TN.grad!.mean([0L]).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts clean images.</summary>
    public OpByOpPrediction Predict(ImageBatch batch)
    {
        using var clean_NCHW = batch.Bytes_NCHW / 255;
        return Predict(clean_NCHW, epsilon: 0, batch);
    }

    /// <summary>Predicts attacked images.</summary>
    /// <inheritdoc cref="Gradient"/>
    public OpByOpPrediction Predict(Tensor attacked_NCHW, double epsilon, ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var logits_NK = network.Forward(Encode(attacked_NCHW, epsilon, batch), batchStatistics: false);
        var losses = nn.functional.cross_entropy(logits_NK, Labels(batch), reduction: nn.Reduction.None).to_type(ScalarType.Float64);
        return new([.. losses.data<double>()], [.. logits_NK.argmax(1).data<long>().Select(index => (int)index)]);
    }

    /// <summary>Rounds to bytes within the budget, then encodes.</summary>
    private Tensor Encode(Tensor attacked_NCHW, double epsilon, ImageBatch batch)
    {
        // The small addition keeps a whole eps such as 8/255 · 255 from being floored to 7.
        var wholeEpsilon = Math.Floor(epsilon * 255 + 1e-6);
        var change = (attacked_NCHW * 255).round() - batch.Bytes_NCHW;
        return encoder.Encode(batch.Bytes_NCHW + change.clamp(-wholeEpsilon, wholeEpsilon), _ => default);
    }

    private static Tensor Labels(ImageBatch batch) => tensor(batch.Labels.Select(label => (long)label).ToArray());
}
