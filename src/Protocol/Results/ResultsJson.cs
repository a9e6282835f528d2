using System.Text.Json;
using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Results;

/// <summary>
/// results.json as text: kebab-case keys in the records' order, two-space indents, line feeds, and doubles in their
/// shortest round-trip form, so that equal results are equal bytes.
/// </summary>
public static class ResultsJson
{
    /// <summary>Writes results.</summary>
    public static string Write(CampaignResults results) =>
        JsonSerializer.Serialize(results, ResultsJsonContext.Default.CampaignResults) + "\n";

    /// <summary>Reads results.</summary>
    /// <exception cref="JsonException">The text is not results of this schema.</exception>
    public static CampaignResults Read(string json)
    {
        var results = JsonSerializer.Deserialize(json, ResultsJsonContext.Default.CampaignResults)
            ?? throw new JsonException("expected an object");
        if (results.Schema != CampaignResults.CurrentSchema)
        {
            throw new JsonException($"schema is {results.Schema}, expected {CampaignResults.CurrentSchema}");
        }

        foreach (var cell in results.Runs.SelectMany(run => run.Cells.Concat(run.Checks ?? [])))
        {
            RefuseDamagedBits(cell);
        }

        return results;
    }

    private static void RefuseDamagedBits(CellResult cell)
    {
        try
        {
            _ = cell.Course is { } course ? ImageBits.Unpack(course.Withstood, cell.Total) : [];
        }
        catch (FormatException damage)
        {
            throw new JsonException($"withstood of {cell.Protocol} {cell.Attack}: {damage.Message}", damage);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CampaignResults))]
internal sealed partial class ResultsJsonContext : JsonSerializerContext;
