using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Nodes;

/// <summary>A request was granted.</summary>
/// <param name="Text">What was done, a line for a person.</param>
public sealed record RequestDone(string Text) : IWireMessage;

/// <summary>A request was not granted; nothing changed.</summary>
/// <param name="Reason">Why, a line for a person.</param>
public sealed record RequestRefused(string Reason) : IWireMessage;

/// <summary>How a campaign is.</summary>
public enum CampaignStanding
{
    /// <summary>It waits for a device, or for its data to be loaded.</summary>
    Waiting,

    /// <summary>Some of its work is being done.</summary>
    Running,

    /// <summary>An operator holds it.</summary>
    Paused,

    /// <summary>Everything is done.</summary>
    Complete,

    /// <summary>Everything is done but what failed too often: a retry would take that up again.</summary>
    Incomplete,

    /// <summary>An operator ended it.</summary>
    Cancelled,

    /// <summary>It cannot be run as it is: a missing data set, a folder that cannot be written.</summary>
    Refused,
}

/// <summary>One campaign, in short.</summary>
/// <param name="Campaign">Its name.</param>
/// <param name="Standing">How it is.</param>
/// <param name="Done">Image passes done.</param>
/// <param name="Total">Image passes it takes; 0 until its data are loaded.</param>
/// <param name="Failures">How often something failed.</param>
/// <param name="Note">What else there is to say, such as why it is refused; may be null.</param>
public sealed record CampaignSummary(CampaignId Campaign, CampaignStanding Standing, long Done, long Total, int Failures, string? Note);

/// <summary>All campaigns, in the order in which they were started.</summary>
/// <param name="Campaigns">The campaigns.</param>
public sealed record CampaignList(IReadOnlyList<CampaignSummary> Campaigns) : IWireMessage;

/// <summary>How far a run is.</summary>
/// <param name="Run">The run.</param>
/// <param name="EpochsDone">Epochs trained.</param>
/// <param name="Epochs">Epochs to train.</param>
/// <param name="ShardsDone">Shards measured, of all its cells.</param>
/// <param name="Shards">Shards to measure.</param>
/// <param name="GivenUp">Whether it failed too often.</param>
public sealed record RunStatus(RunId Run, int EpochsDone, int Epochs, int ShardsDone, int Shards, bool GivenUp);

/// <summary>One campaign, at length.</summary>
/// <param name="Summary">In short.</param>
/// <param name="Runs">Its runs, in order.</param>
/// <param name="Pipelines">The pipelines that work for it.</param>
/// <param name="Failures">The last things that failed, in order.</param>
public sealed record CampaignDetails(
    CampaignSummary Summary, IReadOnlyList<RunStatus> Runs, IReadOnlyList<PipelineStatus> Pipelines, IReadOnlyList<WorkFailed> Failures) : IWireMessage;

/// <summary>A cell as far as it is measured, for a person to look at: never part of results.</summary>
/// <param name="Run">Its run.</param>
/// <param name="Protocol">Its protocol's name.</param>
/// <param name="Attack">Its attack's name.</param>
/// <param name="Epsilon">Its budget, in units of 1/255.</param>
/// <param name="Correct">Images classified correctly so far.</param>
/// <param name="Measured">Images measured so far.</param>
/// <param name="Images">Images to measure.</param>
/// <param name="ZeroFraction">Share of exact zeros in the input gradient so far; null where none was taken.</param>
public sealed record CellStatus(
    RunId Run, string Protocol, string Attack, double Epsilon, int Correct, int Measured, int Images, double? ZeroFraction);

/// <summary>The cells of a campaign that is worked on, run by run in order; none of one that is not, whose results lie in its folder.</summary>
/// <param name="Cells">The cells.</param>
public sealed record CellList(IReadOnlyList<CellStatus> Cells) : IWireMessage;

/// <summary>A device of a node.</summary>
/// <param name="Node">The node's address, such as <c>127.0.0.1:4053</c>; <c>local</c> where there is no cluster.</param>
/// <param name="Device">The device, such as <c>cpu</c> or <c>cuda:0</c>.</param>
public readonly record struct DeviceId(string Node, string Device)
{
    /// <summary>Reads a text such as <c>127.0.0.1:4053/cuda:0</c>; null where it is none.</summary>
    public static DeviceId? Parse(string text) =>
        text.Split('/') is [{ Length: > 0 } node, { Length: > 0 } device] ? new DeviceId(node, device) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Node}/{Device}";
}

/// <summary>A device and who uses it.</summary>
/// <param name="Device">The device.</param>
/// <param name="MemoryBytes">Memory it offers.</param>
/// <param name="Capacity">How many pipelines it takes side by side.</param>
/// <param name="Leaving">Whether its node leaves: it takes nothing new.</param>
/// <param name="Users">The pipelines that use it.</param>
public sealed record DeviceStatus(DeviceId Device, long MemoryBytes, int Capacity, bool Leaving, IReadOnlyList<string> Users);

/// <summary>All devices, node by node.</summary>
/// <param name="Devices">The devices.</param>
public sealed record DeviceList(IReadOnlyList<DeviceStatus> Devices) : IWireMessage;

/// <summary>One layer group of a live pipeline.</summary>
/// <param name="Group">Its index, from 0.</param>
/// <param name="Layers">Its layers, such as <c>conv1, bn1, layer1.0</c>.</param>
/// <param name="Device">Where it lives.</param>
/// <param name="WeightBytes">Bytes of its weights and of its optimiser's state.</param>
/// <param name="Frames">Frames it took, spikes and gradients.</param>
/// <param name="FramesPerSecond">How many it took a second, of late.</param>
/// <param name="BytesSent">Bytes that it sent to neighbours in other processes, as packed frames.</param>
/// <param name="BytesPerSecond">How many it sent a second, of late.</param>
/// <param name="SpikeZeros">Share of exact zeros in a frame of spikes that it emitted of late; null before the first, and for the last group, which emits logits.</param>
/// <param name="GradientZeros">Share of exact zeros in a frame of gradients with respect to those that it took of late; null before the first, and for the last group.</param>
public sealed record LayerGroupStatus(
    int Group,
    string Layers,
    DeviceId Device,
    long WeightBytes,
    long Frames,
    double FramesPerSecond,
    long BytesSent,
    double BytesPerSecond,
    double? SpikeZeros,
    double? GradientZeros) : IWireMessage;

/// <summary>A live pipeline.</summary>
/// <param name="Pipeline">Its name, such as <c>figure-2-1</c>.</param>
/// <param name="Campaign">The campaign it works for.</param>
/// <param name="Run">The run whose network it holds.</param>
/// <param name="Work">What it is at; null while it waits.</param>
/// <param name="Progress">How far it is with that; null until it has told.</param>
/// <param name="Groups">Its layer groups, as far as they have told.</param>
public sealed record PipelineStatus(string Pipeline, CampaignId Campaign, RunId Run, string? Work, WorkProgress? Progress, IReadOnlyList<LayerGroupStatus> Groups);

/// <summary>All live pipelines.</summary>
/// <param name="Pipelines">The pipelines.</param>
public sealed record PipelineList(IReadOnlyList<PipelineStatus> Pipelines) : IWireMessage;
