using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

/// <summary>
/// Tells a layer group whom it works for and who sits before and after it; at either end it is the pipeline. Actors are
/// named by their full paths, and any of them may be in another process.
/// </summary>
/// <param name="Pipeline">Who gets its reports.</param>
/// <param name="Previous">Who sends it spikes and gets its gradients.</param>
/// <param name="Next">Who gets its spikes and sends it gradients.</param>
public sealed record ConnectLayerGroup(string Pipeline, string Previous, string Next) : IWireMessage;

/// <summary>Asks a layer group to take its part of a checkpoint over. Answered with <see cref="LayerGroupReady"/>.</summary>
/// <param name="Checkpoint">The checkpoint; null to start from the network's file, or from the seed's weights where it has none.</param>
public sealed record PrepareLayerGroup(CheckpointManifest? Checkpoint) : IWireMessage;

/// <summary>A layer group has its weights and can take passes.</summary>
/// <param name="Group">Its index, from 0.</param>
public sealed record LayerGroupReady(int Group) : IWireMessage;

/// <summary>
/// Asks a layer group to set the running statistics it was trained to aside, for passes that move them. Answered with
/// <see cref="LayerGroupReady"/>.
/// </summary>
/// <param name="From">Statistics to go on from; null to go on from the trained ones.</param>
public sealed record SetStatisticsAside(CheckpointManifest? From) : IWireMessage;

/// <summary>
/// Asks a layer group to write its running statistics as they have become, and to take back those it set aside. Answered
/// with <see cref="CheckpointWritten"/>.
/// </summary>
/// <param name="Folder">Where to, relative to the campaign's output folder.</param>
public sealed record TakeStatisticsBack(string Folder) : IWireMessage;

/// <summary>Asks a layer group to write its part of a checkpoint. Answered with <see cref="CheckpointWritten"/>.</summary>
/// <param name="Folder">The checkpoint's folder, relative to the campaign's output folder.</param>
public sealed record WriteCheckpoint(string Folder) : IWireMessage;

/// <summary>A layer group's part of a checkpoint is on disk.</summary>
/// <param name="Group">Its index, from 0.</param>
/// <param name="File">What was written.</param>
public sealed record CheckpointWritten(int Group, CheckpointFile File) : IWireMessage;
