using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>All a layer-group actor needs to build its slice of a network, wherever it is.</summary>
/// <param name="Network">The whole network.</param>
/// <param name="InputShape">One image, [C, H, W].</param>
/// <param name="Classes">K.</param>
/// <param name="Seed">Seed of the initial weights.</param>
/// <param name="Optimizer">What updates its weights.</param>
/// <param name="Index">Which layer group, from 0.</param>
/// <param name="Pipeline">Into how many groups the network is cut, where they live, and how frames flow.</param>
/// <param name="OutputFolder">The campaign's folder, where checkpoints lie.</param>
/// <param name="ConfigurationHash">The configuration that checkpoints belong to.</param>
public sealed record LayerGroupPlan(
    NetworkSpec Network,
    IReadOnlyList<long> InputShape,
    int Classes,
    long Seed,
    OptimizerSpec Optimizer,
    int Index,
    PipelineSpec Pipeline,
    string OutputFolder,
    string ConfigurationHash)
{
    /// <summary>The device the group lives on; unless it is placed, groups are dealt to the pipeline's devices in order, evenly.</summary>
    public string Device { get; init; } = Pipeline.Devices[Index * Pipeline.Devices.Count / Pipeline.LayerGroups];

    /// <summary>Where the network is cut: the first layer of every group but the first; null for evenly, by estimated cost.</summary>
    public IReadOnlyList<int>? Cut { get; init; }

    /// <summary>The name of the pipeline it belongs to.</summary>
    public string PipelineName { get; init; } = "";

    /// <summary>Whether what it emits are spikes: the last group's are the logits.</summary>
    public bool EmitsSpikes => Index < Pipeline.LayerGroups - 1;

    /// <summary>Makes the layer group.</summary>
    public LayerGroup Build() =>
        Snn.Networks.Network.Create(Network, InputShape, Classes, Seed).Group(Index, Pipeline.LayerGroups, device(Device), Optimizer, Cut);
}
