using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

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
