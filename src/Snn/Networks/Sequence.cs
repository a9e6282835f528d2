using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>Layers one after another.</summary>
/// <param name="name">The name it is cut and reported by.</param>
/// <param name="layers">The layers, first to last.</param>
public sealed class Sequence(string name, params IReadOnlyList<Layer> layers) : Layer(name)
{
    /// <inheritdoc/>
    public override IEnumerable<Layer> Children => layers;

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) =>
        layers.Aggregate(inputShape, (shape, layer) => layer.OutputShape(shape));

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape)
    {
        var cost = 0L;
        foreach (var layer in layers)
        {
            cost += layer.Cost(inputShape);
            inputShape = layer.OutputShape(inputShape);
        }

        return cost;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        var values = inputs_WN.alias();
        foreach (var layer in layers)
        {
            using var inputs = values;
            values = layer.Forward(inputs, tape);
        }

        return values;
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        var gradients = gradients_WN.alias();
        for (var index = layers.Count - 1; index >= 0 && gradients is not null; index--)
        {
            using var outputGradients = gradients;
            gradients = layers[index].Backward(outputGradients, tape);
            tape.UseWeightGradients();
        }

        return gradients;
    }
}
