using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Nodes;

/// <summary>Asks a node's worker what it offers. Answered with <see cref="WorkerDescribed"/>.</summary>
public sealed record DescribeWorker : IWireMessage;

/// <summary>A device that a worker offers.</summary>
/// <param name="Device">The device.</param>
/// <param name="MemoryBytes">Memory it has.</param>
/// <param name="Capacity">How many pipelines it takes side by side.</param>
/// <param name="Speed">How fast it is beside others of its kind; 1 unless an operator says otherwise.</param>
public sealed record DeviceOffer(DeviceId Device, long MemoryBytes, int Capacity, double Speed);

/// <summary>What a worker offers.</summary>
/// <param name="Node">Its node's address, such as <c>127.0.0.1:4053</c>.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Leaving">Whether it takes nothing new.</param>
public sealed record WorkerDescribed(string Node, IReadOnlyList<DeviceOffer> Devices, bool Leaving) : IWireMessage;

/// <summary>A device that layer groups may be put on, and who puts them there.</summary>
/// <param name="Offer">The device.</param>
/// <param name="Worker">The path of its node's worker.</param>
public sealed record DevicePlace(DeviceOffer Offer, string Worker);

/// <summary>
/// Asks a worker for a pipeline: one live network of a campaign. Answered by the pipeline with <see cref="PipelineOpened"/>,
/// or with <see cref="PipelineFailed"/>. The pipeline ends with whoever asked for it.
/// </summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Campaign">The campaign, and the name of its folder.</param>
/// <param name="ConfigurationHash">The campaign's identity: a worker that comes to another one refuses.</param>
/// <param name="Spec">What is measured.</param>
/// <param name="Layout">How it is computed.</param>
/// <param name="Run">The run whose network it is.</param>
/// <param name="Checkpoint">What it starts from; null for its file's or the seed's weights.</param>
/// <param name="Places">Where its layer groups may live; the first is this worker's.</param>
/// <param name="Groups">Where each layer group must live, as an operator wants it; null to have them placed.</param>
public sealed record OpenPipeline(
    string Pipeline,
    CampaignId Campaign,
    string ConfigurationHash,
    CampaignSpec Spec,
    PipelineSpec Layout,
    RunId Run,
    CheckpointManifest? Checkpoint,
    IReadOnlyList<DevicePlace> Places,
    IReadOnlyList<DeviceId>? Groups) : IWireMessage;

/// <summary>A pipeline is there, its data in memory, and takes work.</summary>
/// <param name="Pipeline">Its name.</param>
public sealed record PipelineOpened(string Pipeline) : IWireMessage;

/// <summary>A pipeline failed with all that is in it, or could not be opened.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="OfStorage">Whether it could not write its checkpoint: nothing is wrong with the work, and no other attempt can do better.</param>
public sealed record PipelineFailed(string Pipeline, string Reason, bool OfStorage) : IWireMessage;

/// <summary>A node that holds a part of a pipeline is gone: nothing is wrong with the pipeline's work.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Reason">Which node.</param>
public sealed record PipelineLost(string Pipeline, string Reason) : IWireMessage;

/// <summary>Which trace a pipeline's passes belong to from now on. Sent only where somebody listens to traces.</summary>
/// <param name="Parent">The span that they are in, as W3C's <c>traceparent</c> has it.</param>
public sealed record TracedBy(string Parent) : IWireMessage;

/// <summary>Asks a pipeline to end.</summary>
public sealed record ClosePipeline : IWireMessage;

/// <summary>A node that holds a part of a pipeline leaves: after the work in hand the pipeline is to be closed.</summary>
/// <param name="Pipeline">Its name.</param>
public sealed record PipelineLeaving(string Pipeline) : IWireMessage;

/// <summary>A pipeline lives. Sent every few seconds: what was not heard of for long is lost.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Work">What it is at; null when it waits for work.</param>
/// <param name="Passes">Passes it has begun since it was opened.</param>
public sealed record PipelinePulse(string Pipeline, string? Work, long Passes) : IWireMessage;

/// <summary>
/// Asks a worker for a layer group of a pipeline that lives on another node. Answered by the layer group with
/// <see cref="LayerGroupOpened"/>; ends with the pipeline.
/// </summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Campaign">The campaign, and the name of its folder.</param>
/// <param name="Network">The whole network.</param>
/// <param name="InputShape">One image, [C, H, W].</param>
/// <param name="Classes">K.</param>
/// <param name="Seed">Seed of the initial weights.</param>
/// <param name="Optimizer">What updates its weights.</param>
/// <param name="Layout">How frames flow.</param>
/// <param name="ConfigurationHash">The configuration that checkpoints belong to.</param>
/// <param name="Index">Which layer group, from 0.</param>
/// <param name="Cut">The first layer of each layer group after the first; null for evenly, by estimated cost.</param>
/// <param name="Device">The device it lives on.</param>
public sealed record OpenLayerGroup(
    string Pipeline,
    CampaignId Campaign,
    NetworkSpec Network,
    IReadOnlyList<long> InputShape,
    int Classes,
    long Seed,
    OptimizerSpec Optimizer,
    PipelineSpec Layout,
    string ConfigurationHash,
    int Index,
    IReadOnlyList<int>? Cut,
    string Device) : IWireMessage;

/// <summary>A layer group is there. Its sender is the layer group.</summary>
/// <param name="Index">Its index, from 0.</param>
public sealed record LayerGroupOpened(int Index) : IWireMessage;

/// <summary>A layer group on another node failed.</summary>
/// <param name="Index">Its index, from 0.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="OfStorage">Whether it could not write its part of a checkpoint.</param>
public sealed record LayerGroupFailed(int Index, string Reason, bool OfStorage) : IWireMessage;
