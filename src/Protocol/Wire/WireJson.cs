using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// The small messages as JSON: kebab-case, ids as plain strings and numbers, losses that diverged as "NaN" or
/// "Infinity". A manifest's layout is exact: a missing or an unknown key is an error.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    IgnoreReadOnlyProperties = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(RunIdJson),
        typeof(CellIdJson),
        typeof(ChainIdJson),
        typeof(PassIdJson),
        typeof(KebabCaseEnumJson<PassPurpose>),
        typeof(KebabCaseEnumJson<BatchStatistics>),
        typeof(KebabCaseEnumJson<Direction>),
        typeof(CampaignIdJson),
        typeof(WeightsFileJson),
        typeof(SpecEnumJson<NetworkFamily>),
        typeof(SpecEnumJson<SewConnection>),
        typeof(SpecEnumJson<PoolKind>),
        typeof(SpecEnumJson<BatchNormScope>),
        typeof(SpecEnumJson<Precision>),
        typeof(SpecEnumJson<NeuronKind>),
        typeof(SpecEnumJson<SurrogateKind>),
        typeof(SpecEnumJson<AttackDomain>),
        typeof(SpecEnumJson<EvaluationOrder>),
        typeof(SpecEnumJson<EncoderKind>),
        typeof(SpecEnumJson<OptimizerKind>),
        typeof(SpecEnumJson<LearningRateSchedule>),
        typeof(SpecEnumJson<AttackKind>),
        typeof(SpecEnumJson<CampaignStanding>),
        typeof(SpecEnumJson<CampaignOrder>),
        typeof(SpecEnumJson<PipelineSpread>),
    ])]
[JsonSerializable(typeof(PassRequest))]
[JsonSerializable(typeof(FrameTaken))]
[JsonSerializable(typeof(GradientReport))]
[JsonSerializable(typeof(ConnectLayerGroup))]
[JsonSerializable(typeof(PrepareLayerGroup))]
[JsonSerializable(typeof(LayerGroupReady))]
[JsonSerializable(typeof(SetStatisticsAside))]
[JsonSerializable(typeof(TakeStatisticsBack))]
[JsonSerializable(typeof(WriteCheckpoint))]
[JsonSerializable(typeof(CheckpointWritten))]
[JsonSerializable(typeof(TrainEpoch))]
[JsonSerializable(typeof(MeasureSlice))]
[JsonSerializable(typeof(SliceMeasured))]
[JsonSerializable(typeof(MeasureTransfer))]
[JsonSerializable(typeof(MeasureLink))]
[JsonSerializable(typeof(TakeSamples))]
[JsonSerializable(typeof(WorkProgress))]
[JsonSerializable(typeof(CampaignAccepted))]
[JsonSerializable(typeof(EpochCheckpointed))]
[JsonSerializable(typeof(EpochTrained))]
[JsonSerializable(typeof(CheckpointRefused))]
[JsonSerializable(typeof(ShardMeasured))]
[JsonSerializable(typeof(LinkMeasured))]
[JsonSerializable(typeof(ImagesKept))]
[JsonSerializable(typeof(SamplesTaken))]
[JsonSerializable(typeof(CellCompleted))]
[JsonSerializable(typeof(WorkFailed))]
[JsonSerializable(typeof(CampaignCompleted))]
[JsonSerializable(typeof(ProgressUpdate))]
[JsonSerializable(typeof(SubmitCampaign))]
[JsonSerializable(typeof(ListCampaigns))]
[JsonSerializable(typeof(ShowCampaign))]
[JsonSerializable(typeof(ListCells))]
[JsonSerializable(typeof(PauseCampaign))]
[JsonSerializable(typeof(ResumeCampaign))]
[JsonSerializable(typeof(CancelCampaign))]
[JsonSerializable(typeof(RetryCampaign))]
[JsonSerializable(typeof(FollowCampaign))]
[JsonSerializable(typeof(ListDevices))]
[JsonSerializable(typeof(ListPipelines))]
[JsonSerializable(typeof(MovePipeline))]
[JsonSerializable(typeof(RequestDone))]
[JsonSerializable(typeof(RequestRefused))]
[JsonSerializable(typeof(CampaignList))]
[JsonSerializable(typeof(CampaignDetails))]
[JsonSerializable(typeof(CellList))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(PipelineList))]
[JsonSerializable(typeof(LayerGroupStatus))]
[JsonSerializable(typeof(CampaignSubmitted))]
[JsonSerializable(typeof(CampaignOrdered))]
[JsonSerializable(typeof(CampaignSettled))]
[JsonSerializable(typeof(DescribeWorker))]
[JsonSerializable(typeof(WorkerDescribed))]
[JsonSerializable(typeof(OpenPipeline))]
[JsonSerializable(typeof(PipelineOpened))]
[JsonSerializable(typeof(PipelineFailed))]
[JsonSerializable(typeof(PipelineLost))]
[JsonSerializable(typeof(TracedBy))]
[JsonSerializable(typeof(ClosePipeline))]
[JsonSerializable(typeof(PipelineLeaving))]
[JsonSerializable(typeof(PipelinePulse))]
[JsonSerializable(typeof(OpenLayerGroup))]
[JsonSerializable(typeof(LayerGroupOpened))]
[JsonSerializable(typeof(LayerGroupFailed))]
internal sealed partial class WireJson : JsonSerializerContext;
