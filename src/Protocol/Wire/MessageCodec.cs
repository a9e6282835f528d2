using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// Every message that may cross a process or lie in a journal, as bytes under a short manifest. Frames and their chunks are binary;
/// everything else is UTF-8 JSON, so that a journal can be read with plain sqlite3. A manifest names one layout for
/// good: when a layout changes, the message gets a new row with the next number, and the old row stays readable.
/// </summary>
public static class MessageCodec
{
    // Quotes and signs in texts stay what they are: no browser reads this, people do.
    private static readonly WireJson Readable = new(new JsonSerializerOptions(WireJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static readonly WireFormat[] Table =
    [
        WireFormat.Json("pass-request/3", Readable.PassRequest),
        WireFormat.Frame("spike-frame/1", (pass, time, content) => new SpikeFrame(pass, time, content)),
        WireFormat.Frame("gradient-frame/1", (pass, time, content) => new GradientFrame(pass, time, content)),
        WireFormat.Chunk("frame-chunk/1"),
        WireFormat.Json("frame-taken/1", Readable.FrameTaken),
        WireFormat.Json("gradient-report/2", Readable.GradientReport),
        WireFormat.Json("connect-layer-group/1", Readable.ConnectLayerGroup),
        WireFormat.Json("prepare-layer-group/1", Readable.PrepareLayerGroup),
        WireFormat.Json("layer-group-ready/1", Readable.LayerGroupReady),
        WireFormat.Json("set-statistics-aside/1", Readable.SetStatisticsAside),
        WireFormat.Json("take-statistics-back/1", Readable.TakeStatisticsBack),
        WireFormat.Json("write-checkpoint/1", Readable.WriteCheckpoint),
        WireFormat.Json("checkpoint-written/1", Readable.CheckpointWritten),

        WireFormat.Json("train-epoch/2", Readable.TrainEpoch),
        WireFormat.Json("measure-slice/2", Readable.MeasureSlice),
        WireFormat.Json("slice-measured/2", Readable.SliceMeasured),
        WireFormat.Json("measure-transfer/1", Readable.MeasureTransfer),
        WireFormat.Json("measure-link/1", Readable.MeasureLink),
        WireFormat.Json("take-samples/1", Readable.TakeSamples),
        WireFormat.Json("work-progress/1", Readable.WorkProgress),

        WireFormat.Json("campaign-accepted/1", Readable.CampaignAccepted),
        WireFormat.Json("epoch-checkpointed/1", Readable.EpochCheckpointed),
        WireFormat.Json("epoch-trained/1", Readable.EpochTrained),
        WireFormat.Json("checkpoint-refused/1", Readable.CheckpointRefused),
        WireFormat.Json("shard-measured/1", Readable.ShardMeasured),
        WireFormat.Json("link-measured/1", Readable.LinkMeasured),
        WireFormat.Json("images-kept/1", Readable.ImagesKept),
        WireFormat.Json("samples-taken/1", Readable.SamplesTaken),
        WireFormat.Json("cell-completed/1", Readable.CellCompleted),
        WireFormat.Json("work-failed/1", Readable.WorkFailed),
        WireFormat.Json("campaign-completed/1", Readable.CampaignCompleted),
        WireFormat.Json("progress-update/1", Readable.ProgressUpdate),

        WireFormat.Json("submit-campaign/1", Readable.SubmitCampaign),
        WireFormat.Json("list-campaigns/1", Readable.ListCampaigns),
        WireFormat.Json("show-campaign/1", Readable.ShowCampaign),
        WireFormat.Json("list-cells/1", Readable.ListCells),
        WireFormat.Json("pause-campaign/1", Readable.PauseCampaign),
        WireFormat.Json("resume-campaign/1", Readable.ResumeCampaign),
        WireFormat.Json("cancel-campaign/1", Readable.CancelCampaign),
        WireFormat.Json("retry-campaign/1", Readable.RetryCampaign),
        WireFormat.Json("follow-campaign/1", Readable.FollowCampaign),
        WireFormat.Json("list-devices/1", Readable.ListDevices),
        WireFormat.Json("list-pipelines/1", Readable.ListPipelines),
        WireFormat.Json("move-pipeline/1", Readable.MovePipeline),
        WireFormat.Json("request-done/1", Readable.RequestDone),
        WireFormat.Json("request-refused/1", Readable.RequestRefused),
        WireFormat.Json("campaign-list/1", Readable.CampaignList),
        WireFormat.Json("campaign-details/2", Readable.CampaignDetails),
        WireFormat.Json("cell-list/1", Readable.CellList),
        WireFormat.Json("device-list/1", Readable.DeviceList),
        WireFormat.Json("pipeline-list/2", Readable.PipelineList),
        WireFormat.Json("layer-group-status/2", Readable.LayerGroupStatus),

        WireFormat.Json("campaign-submitted/1", Readable.CampaignSubmitted),
        WireFormat.Json("campaign-ordered/1", Readable.CampaignOrdered),
        WireFormat.Json("campaign-settled/1", Readable.CampaignSettled),

        WireFormat.Json("describe-worker/1", Readable.DescribeWorker),
        WireFormat.Json("worker-described/1", Readable.WorkerDescribed),
        WireFormat.Json("open-pipeline/1", Readable.OpenPipeline),
        WireFormat.Json("pipeline-opened/1", Readable.PipelineOpened),
        WireFormat.Json("pipeline-failed/1", Readable.PipelineFailed),
        WireFormat.Json("pipeline-lost/1", Readable.PipelineLost),
        WireFormat.Json("traced-by/1", Readable.TracedBy),
        WireFormat.Json("close-pipeline/1", Readable.ClosePipeline),
        WireFormat.Json("pipeline-leaving/1", Readable.PipelineLeaving),
        WireFormat.Json("pipeline-pulse/1", Readable.PipelinePulse),
        WireFormat.Json("open-layer-group/1", Readable.OpenLayerGroup),
        WireFormat.Json("layer-group-opened/1", Readable.LayerGroupOpened),
        WireFormat.Json("layer-group-failed/1", Readable.LayerGroupFailed),
    ];

    private static readonly FrozenDictionary<Type, WireFormat> ByType = Table.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, WireFormat> ByManifest =
        Table.ToFrozenDictionary(format => format.Manifest, StringComparer.Ordinal);

    /// <summary>Every type the table knows, and the manifest it is written under.</summary>
    public static IReadOnlyDictionary<Type, string> Manifests { get; } =
        Table.ToFrozenDictionary(format => format.Type, format => format.Manifest);

    /// <summary>The manifest a message is written under.</summary>
    /// <exception cref="ArgumentException">The table does not know its type.</exception>
    public static string ManifestOf(IWireMessage message) => FormatOf(message).Manifest;

    /// <summary>The message as bytes. A frame's content that lives in this process is taken and freed.</summary>
    /// <exception cref="ArgumentException">The table does not know its type.</exception>
    public static byte[] Encode(IWireMessage message) => FormatOf(message).Encode(message);

    /// <summary>The message that <see cref="Encode"/> wrote. A frame keeps a slice of <paramref name="bytes"/>: leave them alone.</summary>
    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are not such a message.</exception>
    public static IWireMessage Decode(string manifest, ReadOnlyMemory<byte> bytes)
    {
        if (!ByManifest.TryGetValue(manifest, out var format))
        {
            throw new InvalidDataException($"no message is written under the manifest '{manifest}'");
        }

        try
        {
            return format.Decode(bytes);
        }
        catch (InvalidDataException malformed)
        {
            throw new InvalidDataException($"{manifest}: {malformed.Message}", malformed);
        }
    }

    private static WireFormat FormatOf(IWireMessage message) =>
        ByType.TryGetValue(message.GetType(), out var format)
            ? format
            : throw new ArgumentException($"{message.GetType()} has no row in the table of {nameof(MessageCodec)}", nameof(message));
}
