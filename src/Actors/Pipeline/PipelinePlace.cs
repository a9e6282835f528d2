using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>Where a layer group lives.</summary>
/// <param name="Device">Its device.</param>
/// <param name="Worker">The worker that opens it on another node; null for the pipeline's own.</param>
public sealed record GroupPlace(DeviceId Device, IActorRef? Worker);

/// <summary>Where a pipeline and its layer groups live, and for whom.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Campaign">The campaign's name.</param>
/// <param name="Client">Who hears of its work; null for its parent.</param>
/// <param name="Groups">Each layer group's place.</param>
/// <param name="Cut">The first layer of each layer group after the first; null for evenly, by estimated cost.</param>
/// <param name="LayerGroup">How layer-group actors of this node are made; <see cref="LayerGroupActor.Props"/> but in tests.</param>
public sealed record PipelinePlace(
    string Name, CampaignId Campaign, IActorRef? Client, IReadOnlyList<GroupPlace> Groups, IReadOnlyList<int>? Cut, Func<LayerGroupPlan, Props> LayerGroup);

/// <summary>A part of a pipeline is gone with its node: its work is done elsewhere, and counts as neither done nor failed.</summary>
public sealed class PipelineLostException(string message) : Exception(message);
