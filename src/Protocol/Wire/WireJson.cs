using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;

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
    ])]
[JsonSerializable(typeof(PassRequest))]
[JsonSerializable(typeof(FrameTaken))]
[JsonSerializable(typeof(GradientReport))]
[JsonSerializable(typeof(PrepareLayerGroup))]
[JsonSerializable(typeof(LayerGroupReady))]
[JsonSerializable(typeof(SetStatisticsAside))]
[JsonSerializable(typeof(TakeStatisticsBack))]
[JsonSerializable(typeof(WriteCheckpoint))]
[JsonSerializable(typeof(CheckpointWritten))]
[JsonSerializable(typeof(TrainEpoch))]
[JsonSerializable(typeof(MeasureShard))]
[JsonSerializable(typeof(MeasureLink))]
[JsonSerializable(typeof(WorkProgress))]
[JsonSerializable(typeof(CampaignAccepted))]
[JsonSerializable(typeof(EpochTrained))]
[JsonSerializable(typeof(ShardMeasured))]
[JsonSerializable(typeof(LinkMeasured))]
[JsonSerializable(typeof(CellCompleted))]
[JsonSerializable(typeof(WorkFailed))]
[JsonSerializable(typeof(CampaignCompleted))]
internal sealed partial class WireJson : JsonSerializerContext;
