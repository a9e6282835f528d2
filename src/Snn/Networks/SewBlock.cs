using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// A spike-element-wise residual block (Fang et al., 2021): with identity x (through <c>shortcut</c> where the shape
/// changes) and residual path y, the output is x + y, x·y or x·(1 − y).
/// </summary>
/// <param name="name">The block's name, such as <c>layer1.0</c>.</param>
/// <param name="residual">conv → BN → neurons, twice (basic) or three times (bottleneck).</param>
/// <param name="shortcut">conv 1×1 → BN → neurons, or null where the shape stays.</param>
/// <param name="connection">How x and y join.</param>
public sealed class SewBlock(string name, Layer residual, Layer? shortcut, SewConnection connection) : Layer(name)
{
    /// <inheritdoc/>
    public override IEnumerable<Layer> Children => shortcut is null ? [residual] : [residual, shortcut];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => residual.OutputShape(inputShape);

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => Children.Sum(child => child.Cost(inputShape));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        var y = residual.Forward(inputs_WN, tape);
        var x = shortcut is null ? inputs_WN.alias() : shortcut.Forward(inputs_WN, tape);
        var output = connection switch
        {
            SewConnection.Add => Sums.InPlace(y, x),
            SewConnection.And => x * y,
            SewConnection.Iand => Sums.OfProduct(x, x, y, factor: -1),
            _ => throw new InvalidOperationException($"no such connection: {connection}"),
        };

        if (tape.Request.Backward && connection != SewConnection.Add)
        {
            tape.Push(x);
            tape.Push(y);
        }
        else
        {
            x.Dispose();
            y.Dispose();
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        var (xGradients, yGradients) = SplitGradient(gradients_WN, tape);
        using (xGradients)
        using (yGradients)
        {
            using var throughShortcut = shortcut is null ? xGradients.alias() : shortcut.Backward(xGradients, tape)!;
            using var throughResidual = residual.Backward(yGradients, tape)!;
            return Sums.InPlace(throughResidual, throughShortcut);
        }
    }

    private (Tensor X, Tensor Y) SplitGradient(Tensor gradients_WN, PassTape tape)
    {
        if (connection == SewConnection.Add)
        {
            return (gradients_WN.alias(), gradients_WN.alias());
        }

        using var y = tape.Pop();
        using var x = tape.Pop();
        if (connection == SewConnection.And)
        {
            return (gradients_WN * y, gradients_WN * x);
        }

        using var once = 1.ToScalar();
        using var silent = y.neg().add_(once);
        var yGradients = gradients_WN * x;
        return (gradients_WN * silent, yGradients.neg_());
    }
}
