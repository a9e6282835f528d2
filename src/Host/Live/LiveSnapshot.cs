using System.Text.Json.Serialization;

namespace SpikeTrail.Host.Live;

/// <summary>All that the live page shows at one moment.</summary>
/// <param name="Title">Whose page it is.</param>
/// <param name="Trouble">Why it may be old; null where nothing is wrong.</param>
/// <param name="Campaigns">All campaigns, in the order in which they were started.</param>
/// <param name="Chosen">The one that is looked at; null where there is none.</param>
internal sealed record LiveSnapshot(string Title, string? Trouble, IReadOnlyList<LiveCampaign> Campaigns, ChosenCampaign? Chosen);

/// <summary>A campaign in short.</summary>
/// <param name="Standing">How it is, such as <c>running</c>.</param>
/// <param name="Done">Image passes done.</param>
/// <param name="Total">Image passes it takes; 0 until its data are loaded.</param>
/// <param name="Rate">Image passes a second; null while nothing is done.</param>
/// <param name="SecondsLeft">Seconds that it still takes at that rate.</param>
internal sealed record LiveCampaign(
    string Name, string Standing, long Done, long Total, double? Rate, long? SecondsLeft, int Failures, string? Note);

/// <summary>A campaign at length.</summary>
/// <param name="Cells">Its cells as far as they are measured; empty when it is not worked on.</param>
/// <param name="Failures">What failed last, a line each.</param>
/// <param name="Results">Which results.json lies in its folder, another text after every change; null where there is none.</param>
internal sealed record ChosenCampaign(
    string Name, IReadOnlyList<LiveRun> Runs, IReadOnlyList<LiveCell> Cells, IReadOnlyList<LivePipeline> Pipelines, IReadOnlyList<string> Failures, string? Results);

/// <summary>A run.</summary>
internal sealed record LiveRun(string Run, int EpochsDone, int Epochs, int ShardsDone, int Shards, bool GivenUp);

/// <summary>A cell as far as it is measured.</summary>
/// <param name="Accuracy">Share of the measured images that are classified correctly; null before the first.</param>
/// <param name="Zeros">Share of exact zeros in the input gradient.</param>
internal sealed record LiveCell(
    string Run, string Protocol, string Attack, double Epsilon, double? Accuracy, double? Zeros, int Measured, int Images);

/// <summary>A pipeline.</summary>
/// <param name="Work">What it is at; null while it waits.</param>
/// <param name="Done">Image passes done of that.</param>
/// <param name="Total">Image passes of that; 0 until it has told.</param>
/// <param name="Zeros">Share of exact zeros in the network's input gradient so far.</param>
internal sealed record LivePipeline(
    string Pipeline, string Run, string? Work, long Done, long Total, double? Loss, double? Accuracy, double? Zeros, IReadOnlyList<LiveGroup> Groups);

/// <summary>A layer group.</summary>
/// <param name="FramesPerSecond">Frames that it took a second, spikes and gradients.</param>
/// <param name="SpikeZeros">Share of exact zeros in what it emits.</param>
/// <param name="GradientZeros">Share of exact zeros in the gradient with respect to that.</param>
internal sealed record LiveGroup(
    int Group, string Layers, string Device, long Bytes, double FramesPerSecond, long BytesPerSecond, double? SpikeZeros, double? GradientZeros);

/// <summary>Snapshots as the page reads them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(LiveSnapshot))]
internal sealed partial class LiveJson : JsonSerializerContext;
