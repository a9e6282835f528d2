using SpikeTrail.Protocol.Campaigns;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Reference;

/// <summary>Trains an <see cref="OpByOpNetwork"/> with TorchSharp's own Adam, weight decay added to the gradient.</summary>
/// <param name="network">The network. It stays the caller's.</param>
/// <param name="optimizer">Adam's constants.</param>
public sealed class OpByOpTrainer(OpByOpNetwork network, OptimizerSpec optimizer) : IDisposable
{
    private readonly optim.Optimizer _adam = optim.Adam(
        network.Trained, optimizer.LearningRate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, optimizer.WeightDecay);

    /// <summary>Forward on batch statistics, backward, and an update of the weights, whose gradients stay until the next.</summary>
    /// <param name="inputs_TN">The encoded batch, [T, N, C, H, W].</param>
    /// <param name="labels">The N true classes.</param>
    /// <returns>The mean loss before the update.</returns>
    public double Step(Tensor inputs_TN, IReadOnlyList<int> labels)
    {
        var loss = Backward(inputs_TN, labels);
        _adam.step();
        return loss;
    }

    /// <summary>Forward and backward alone: leaves the weights' gradients.</summary>
    /// <inheritdoc cref="Step"/>
    public double Backward(Tensor inputs_TN, IReadOnlyList<int> labels)
    {
        using var scope = NewDisposeScope();
        network.ClearGradients();
        var logits_NK = network.Forward(inputs_TN, batchStatistics: true);
        var loss = nn.functional.cross_entropy(logits_NK, tensor(labels.Select(label => (long)label).ToArray()));
        loss.backward();
        return loss.to_type(ScalarType.Float64).item<double>();
    }

    /// <inheritdoc/>
    public void Dispose() => _adam.Dispose();
}
