using System.Text.Json;
using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>A campaign's id as its text, which names no other folder.</summary>
internal sealed class CampaignIdJson : JsonConverter<CampaignId>
{
    public override CampaignId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && CampaignId.IsValid(text) ? new(text) : throw new JsonException("no campaign can have this name");

    public override void Write(Utf8JsonWriter writer, CampaignId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A file that a network starts from, with its path: nodes look it up, while a campaign's identity leaves it out.</summary>
internal sealed class WeightsFileJson : JsonConverter<WeightsFile>
{
    public override WeightsFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var (path, sum) = (Text(ref reader), Text(ref reader));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new(path, sum.Length == 0 ? null : sum) : throw Unexpected();
    }

    public override void Write(Utf8JsonWriter writer, WeightsFile value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Path);
        writer.WriteStringValue(value.Sha256 ?? "");
        writer.WriteEndArray();
    }

    private static string Text(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Unexpected();

    private static JsonException Unexpected() => new("expected a path and a SHA-256");
}

/// <summary>An enum of a campaign's configuration by the name it has there.</summary>
internal sealed class SpecEnumJson<T>() : JsonStringEnumConverter<T>(SpecNames.Policy, allowIntegerValues: false)
    where T : struct, Enum;

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
