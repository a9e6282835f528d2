using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// A residual block of Spiking-ResNet: the identity joins the membrane input of the block's last neurons,
/// <c>neurons(x + BN(conv(…)))</c>; the shortcut has no neurons of its own.
/// </summary>
/// <param name="name">The block's name, such as <c>layer1.0</c>.</param>
/// <param name="residual">conv → BN → neurons → conv → BN (basic), or with three convolutions (bottleneck).</param>
/// <param name="shortcut">conv 1×1 → BN, or null where the shape stays.</param>
/// <param name="neurons">The block's last neurons.</param>
public sealed class SpikingBlock(string name, Layer residual, Layer? shortcut, Layer neurons) : Layer(name)
{
    /// <inheritdoc/>
    public override IEnumerable<Layer> Children => shortcut is null ? [residual, neurons] : [residual, shortcut, neurons];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => residual.OutputShape(inputShape);

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) =>
        residual.Cost(inputShape) + (shortcut?.Cost(inputShape) ?? 0) + neurons.Cost(OutputShape(inputShape));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        using var y = residual.Forward(inputs_WN, tape);
        using var x = shortcut is null ? inputs_WN.alias() : shortcut.Forward(inputs_WN, tape);
        using var charge = Sums.Of(y, x);
        return neurons.Forward(charge, tape);
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        using var chargeGradients = neurons.Backward(gradients_WN, tape)!;
        using var throughShortcut = shortcut is null ? chargeGradients.alias() : shortcut.Backward(chargeGradients, tape)!;
        using var throughResidual = residual.Backward(chargeGradients, tape)!;
        return Sums.Of(throughShortcut, throughResidual);
    }
}
