using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>A piece of work the supervisor gives a pipeline. It is answered with what was done.</summary>
public interface IPipelineWork : IWireMessage;

/// <summary>
/// Train one epoch, test, and write a checkpoint. Answered with <see cref="EpochTrained"/>, and before it with an
/// <see cref="EpochCheckpointed"/> for every checkpoint on the way.
/// </summary>
/// <param name="Epoch">Which, from 1.</param>
/// <param name="From">How much of it the network has been trained on already; null to begin it.</param>
public sealed record TrainEpoch(int Epoch, EpochProgress? From) : IPipelineWork
{
    /// <inheritdoc/>
    public override string ToString() => $"epoch {Epoch}";
}

/// <summary>
/// Measure one slice of the test set in several cells, which share what they can. Answered with <see cref="SliceMeasured"/>, in one part or several.
/// </summary>
/// <param name="Slice">Which.</param>
/// <param name="Cells">The cells of the slice that are not measured yet.</param>
public sealed record MeasureSlice(SliceId Slice, IReadOnlyList<CellId> Cells) : IPipelineWork
{
    /// <summary>Those of the cells whose attacked images are kept, for other networks.</summary>
    public IReadOnlyList<CellId> Kept { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"slice {Slice}";
}

/// <summary>A slice was measured.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Shards">It in every cell that was asked for: the facts. In a part, it in some of them.</param>
public sealed record SliceMeasured(SliceId Slice, IReadOnlyList<ShardMeasured> Shards) : IWireMessage
{
    // As long as a frame's chunks: nothing waits longer behind it. A cell of a 152-layer network takes two thirds of that with all probes.
    internal const int LongestPart = 256 * 1024;

    /// <summary>The attacked images that were to be kept: facts too.</summary>
    public IReadOnlyList<ImagesKept> Images { get; init; } = [];

    /// <summary>The same in several messages: a slice may be wanted in any number of cells, and what a transport takes in one message is bounded.</summary>
    public IReadOnlyList<SliceMeasured> Parts()
    {
        var (parts, room) = (new List<List<ShardMeasured>> { new() }, LongestPart);
        foreach (var shard in Shards)
        {
            var length = MessageCodec.Encode(shard).Length;
            if (length > room && parts[^1].Count > 0)
            {
                parts.Add([]);
                room = LongestPart;
            }

            parts[^1].Add(shard);
            room -= length;
        }

        // What is not of a cell goes with the last.
        return [.. parts.SkipLast(1).Select(part => new SliceMeasured(Slice, part)), this with { Shards = parts[^1] }];
    }
}

/// <summary>Show a slice of other networks' attacked images. Answered with <see cref="SliceMeasured"/>.</summary>
/// <param name="Slice">Which.</param>
/// <param name="Cells">The cells of the slice that are not measured yet, and whose images are there.</param>
/// <param name="Images">Each cell's images.</param>
public sealed record MeasureTransfer(SliceId Slice, IReadOnlyList<CellId> Cells, IReadOnlyList<CheckpointManifest> Images) : IPipelineWork
{
    /// <inheritdoc/>
    public override string ToString() => $"transfer {Slice}";
}

/// <summary>Measure one link of a chain: a slice of the test set in all its cells. Answered with <see cref="LinkMeasured"/>.</summary>
/// <param name="Link">Which.</param>
/// <param name="Statistics">Batch norm's running statistics as the link before left them; null for those the network was trained to.</param>
public sealed record MeasureLink(LinkId Link, CheckpointManifest? Statistics) : IPipelineWork
{
    /// <inheritdoc/>
    public override string ToString() => $"link {Link}";
}

/// <summary>Take samples of the trained network, as many as the campaign says. Answered with <see cref="SamplesTaken"/>.</summary>
public sealed record TakeSamples : IPipelineWork
{
    /// <inheritdoc/>
    public override string ToString() => "samples";
}

/// <summary>How far a pipeline is with its work.</summary>
/// <param name="Done">Image passes done.</param>
/// <param name="Total">Image passes the work takes.</param>
/// <param name="Loss">Mean loss so far; null before the first image is counted.</param>
/// <param name="Accuracy">Accuracy so far; null before the first image is counted.</param>
/// <param name="ZeroFraction">Share of exact zeros in the input gradient so far, where one is taken.</param>
public sealed record WorkProgress(long Done, long Total, double? Loss, double? Accuracy, double? ZeroFraction) : IWireMessage;
