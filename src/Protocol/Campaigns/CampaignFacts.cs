using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>Something that happened to a campaign and stays true: what the supervisor journals.</summary>
public interface ICampaignFact : IWireMessage;

/// <summary>The campaign was accepted. The first fact of every journal.</summary>
/// <param name="ConfigurationHash">SHA-256 of <paramref name="Configuration"/>, in hexadecimal.</param>
/// <param name="Configuration">The campaign and what else determines its numbers, as canonical JSON.</param>
public sealed record CampaignAccepted(string ConfigurationHash, string Configuration) : ICampaignFact;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">File name, relative to the manifest.</param>
/// <param name="Sha256">Its SHA-256, in hexadecimal.</param>
public sealed record CheckpointFile(string Name, string Sha256);

/// <summary>What a complete checkpoint consists of: one file per layer group.</summary>
/// <param name="Folder">The checkpoint's folder, relative to the campaign's output folder.</param>
/// <param name="Epoch">Whole epochs trained when it was written.</param>
/// <param name="ConfigurationHash">The configuration it belongs to.</param>
/// <param name="Files">Its files, in the order of the layer groups.</param>
public sealed record CheckpointManifest(string Folder, int Epoch, string ConfigurationHash, IReadOnlyList<CheckpointFile> Files);

/// <summary>How far an epoch is: where it goes on, and the sums its training loss is made of.</summary>
/// <param name="Steps">Batches done.</param>
/// <param name="Images">Images in them.</param>
/// <param name="Correct">How many of these were classified correctly.</param>
/// <param name="Loss">Sum of their losses.</param>
public sealed record EpochProgress(int Steps, int Images, int Correct, double Loss);

/// <summary>Part of an epoch was trained and a checkpoint to go on from is on disk. It stands until the next, or the epoch's own.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Progress">How far it is.</param>
/// <param name="Checkpoint">The checkpoint that continues from here.</param>
public sealed record EpochCheckpointed(RunId Run, int Epoch, EpochProgress Progress, CheckpointManifest Checkpoint) : ICampaignFact;

/// <summary>An epoch was trained and its checkpoint is on disk.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainingLoss">Mean loss over the epoch's training images.</param>
/// <param name="TestLoss">Mean loss over the test images after the epoch.</param>
/// <param name="CleanAccuracy">Share of test images classified correctly after the epoch.</param>
/// <param name="Checkpoint">The checkpoint that continues from here.</param>
public sealed record EpochTrained(
    RunId Run, int Epoch, double TrainingLoss, double TestLoss, double CleanAccuracy, CheckpointManifest Checkpoint) : ICampaignFact;

/// <summary>
/// A checkpoint, a link's statistics, or attacked images cannot be gone on from: damaged or missing. Training goes on from the one
/// before; what came after is trained or measured again, and images are made again.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Checkpoint">Its folder, as its manifest has it.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record CheckpointRefused(RunId Run, string Checkpoint, string Reason) : ICampaignFact;

/// <summary>A shard was measured. A second report of the same shard is ignored.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Measurement">What was measured.</param>
public sealed record ShardMeasured(ShardId Shard, Measurement Measurement) : ICampaignFact;

/// <summary>A link of a chain was measured, and batch norm's running statistics as it left them are on disk.</summary>
/// <param name="Link">The link.</param>
/// <param name="Shards">Its slice of the test set in every cell of the chain.</param>
/// <param name="Statistics">What the next link goes on from.</param>
public sealed record LinkMeasured(LinkId Link, IReadOnlyList<ShardMeasured> Shards, CheckpointManifest Statistics) : ICampaignFact;

/// <summary>
/// The attacked images of a shard are on disk, for other networks to be shown. They stay until every cell that shows them has its shard; a
/// second report replaces the first, whose file was lost.
/// </summary>
/// <param name="Shard">The shard whose attack made them.</param>
/// <param name="Images">Where they are.</param>
public sealed record ImagesKept(ShardId Shard, CheckpointManifest Images) : ICampaignFact;

/// <summary>Samples of a run's trained network were taken, for people to look at: no part of the results.</summary>
/// <param name="Run">The run.</param>
/// <param name="Samples">The samples.</param>
public sealed record SamplesTaken(RunId Run, RunSamples Samples) : ICampaignFact;

/// <summary>The last shard of a cell was measured. A summary for people: results are added up from the shards.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Correct">Images still classified correctly.</param>
/// <param name="Total">Images measured.</param>
/// <param name="InputZeroFraction">Share of exact zeros in the input gradient where the attack starts.</param>
public sealed record CellCompleted(CellId Cell, int Correct, int Total, double InputZeroFraction) : ICampaignFact;

/// <summary>A piece of work failed; it is tried again until its retries are used up.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Work">Which work, such as <c>epoch 3</c> or <c>slice a/b/7/strict#1</c>.</param>
/// <param name="Attempt">Which attempt failed, from 1.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="GaveUp">Whether this was the last attempt: the run is then errored, and the campaign goes on without it.</param>
public sealed record WorkFailed(RunId Run, string Work, int Attempt, string Reason, bool GaveUp) : ICampaignFact;

/// <summary>Everything that could be done is done.</summary>
public sealed record CampaignCompleted : ICampaignFact;
