using System.Text.Json;
using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>A run's id as its text.</summary>
internal sealed class RunIdJson : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a run's id is null"));

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A cell's id as its text.</summary>
internal sealed class CellIdJson : JsonConverter<CellId>
{
    public override CellId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a cell's id is null"));

    public override void Write(Utf8JsonWriter writer, CellId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A chain's id as its text.</summary>
internal sealed class ChainIdJson : JsonConverter<ChainId>
{
    public override ChainId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a chain's id is null"));

    public override void Write(Utf8JsonWriter writer, ChainId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A pass's id as its number.</summary>
internal sealed class PassIdJson : JsonConverter<PassId>
{
    public override PassId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, PassId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>An enum as its member's name, such as <c>adversarial-step</c>.</summary>
internal sealed class KebabCaseEnumJson<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
