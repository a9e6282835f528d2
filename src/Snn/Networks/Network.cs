using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// A spiking network: named layers in a row. It computes nothing itself; its layers are cut into layer groups, which do.
/// </summary>
public sealed class Network
{
    /// <summary>A network of the given layers.</summary>
    /// <param name="layers">The layers, first to last; a cut may go between any two.</param>
    /// <param name="inputShape">The shape [C, H, W] of one image.</param>
    public Network(IReadOnlyList<Layer> layers, IReadOnlyList<long> inputShape)
    {
        Layers = layers;
        InputShape = inputShape;
        Parameters = [.. layers.SelectMany(layer => layer.Parameters)];
    }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The shape [C, H, W] of one image.</summary>
    public IReadOnlyList<long> InputShape { get; }

    /// <summary>The state dict: every weight and running statistic, in the order of computation.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>How many numbers are trained.</summary>
    public long TrainedCount => Parameters.Where(parameter => parameter.Role == ParameterRole.Trained).Sum(parameter => parameter.Count);

    /// <summary>Builds a network of a published family, its weights drawn from the seed.</summary>
    /// <param name="spec">Family, depth and the rest.</param>
    /// <param name="inputShape">The shape [C, H, W] of one image.</param>
    /// <param name="classes">K.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="InputException">The specification names no network.</exception>
    public static Network Create(NetworkSpec spec, IReadOnlyList<long> inputShape, int classes, long seed) =>
        new ResNetBuilder(spec, seed).Build(inputShape, classes);

    /// <summary>Cuts the network into layer groups of about equal cost on the CPU, each with its own optimiser.</summary>
    /// <exception cref="InputException">There are more layer groups than layers.</exception>
    public IReadOnlyList<LayerGroup> Cut(int groups, OptimizerSpec optimizer) =>
        [.. CutInto(groups).Select((_, index) => Group(index, groups, CPU, optimizer))];

    /// <summary>One of the layer groups that the network is cut into; the others' weights are not made.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="groups">Into how many the network is cut.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="optimizer">What updates its weights.</param>
    /// <param name="cut">Where the network is cut (see <see cref="CutInto(int, IReadOnlyList{int})"/>); null for evenly.</param>
    /// <exception cref="InputException">The network cannot be cut so.</exception>
    public LayerGroup Group(int index, int groups, Device device, OptimizerSpec optimizer, IReadOnlyList<int>? cut = null) =>
        new(index, [.. Layers.Take(CutInto(groups, cut)[index])], device, Optimizer.Create(optimizer));

    /// <summary>Which layers go together when the network is cut: contiguous, none empty.</summary>
    /// <param name="groups">Into how many the network is cut.</param>
    /// <param name="cut">
    /// The first layer, from 0, of every group but the first, ascending; null to have the most expensive group as cheap as can be.
    /// </param>
    /// <exception cref="InputException">There are more layer groups than layers, or the cut is not one of this network.</exception>
    public IReadOnlyList<Range> CutInto(int groups, IReadOnlyList<int>? cut = null)
    {
        if (groups < 1 || groups > Layers.Count)
        {
            throw new InputException(
                $"pipeline.layer-groups: expected 1 to {Layers.Count}, as many as the network has layers ({string.Join(", ", Layers)}), got {groups}");
        }

        if (cut is null)
        {
            return NetworkCut.Evenly(Costs(), groups);
        }

        int[] bounds = [0, .. cut, Layers.Count];
        var ranges = bounds.Zip(bounds.Skip(1), (start, end) => start..end).ToList();
        return cut.Count == groups - 1 && ranges.TrueForAll(range => range.Start.Value < range.End.Value)
            ? ranges
            : throw new InputException(
                $"pipeline.cut: expected {groups - 1} ascending numbers from 1 to {Layers.Count - 1}, the first layers of all groups but the first, got [{string.Join(", ", cut)}]");
    }

    private List<long> Costs()
    {
        var shape = InputShape;
        var costs = new List<long>();
        foreach (var layer in Layers)
        {
            costs.Add(layer.Cost(shape));
            shape = layer.OutputShape(shape);
        }

        return costs;
    }
}
