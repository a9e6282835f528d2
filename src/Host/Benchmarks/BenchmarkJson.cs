using System.Text.Json;
using System.Text.Json.Nodes;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Results of benchmarks as JSON: the medians, which scripts read, and what a <see cref="BenchmarkRecord"/> holds.</summary>
internal static class BenchmarkJson
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly JsonSerializerOptions BaselineLayout = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>An array of one object a benchmark: <c>name</c>, <c>ratio</c>, and the medians with their unit.</summary>
    public static string Medians(IEnumerable<BenchmarkResult> results) => Text(new JsonArray([.. results.Select(Median)]));

    /// <summary>Reads the ratios from what <see cref="Medians"/> wrote.</summary>
    /// <exception cref="InputException">The file cannot be read as that.</exception>
    public static IReadOnlyDictionary<string, double> ReadRatios(string file)
    {
        try
        {
            var entries = JsonSerializer.Deserialize<BaselineEntry?[]>(File.ReadAllText(file), BaselineLayout);
            return entries is not null && entries.All(entry => entry is { Ratio: > 0 } && entries.Count(other => other?.Name == entry.Name) == 1)
                ? entries.ToDictionary(entry => entry!.Name, entry => entry!.Ratio)
                : throw NoBaseline(file);
        }
        catch (JsonException error)
        {
            throw NoBaseline(file, error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{file}: there is no such file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The settings, for the record.</summary>
    public static JsonObject Configuration(BenchmarkSetting setting) => new()
    {
        ["network"] = $"sew-resnet{BenchmarkSetting.Depth}-max",
        ["width"] = setting.Width,
        ["time_steps"] = BenchmarkSetting.TimeSteps,
        ["batch_size"] = BenchmarkSetting.BatchSize,
        ["precision"] = "float32",
        ["threads"] = setting.Threads,
        ["data_set"] = setting.DataSet,
        ["campaign_images"] = setting.Images,
    };

    /// <summary>Every single measurement, for the record.</summary>
    public static JsonArray Measurements(IEnumerable<BenchmarkResult> results) => [.. results.Select(Whole)];

    /// <summary>As it is written to files.</summary>
    public static string Text(JsonNode node) => node.ToJsonString(Layout) + "\n";

    private static InputException NoBaseline(string file, Exception? inner = null) =>
        new($"{file}: expected what `spiketrail bench --json` writes, an array of objects with name and ratio", inner);

    private static JsonObject Median(BenchmarkResult result) => new()
    {
        ["name"] = result.Name,
        ["ratio"] = Math.Round(result.Ratio, 3),
        [Key(Side.Reference, result.Unit)] = Rounded(result.ReferenceMedian),
        [Key(Side.Ours, result.Unit)] = Rounded(result.OurMedian),
    };

    private static JsonObject Whole(BenchmarkResult result)
    {
        var whole = Median(result);
        whole["target"] = result.Target;
        whole["reference"] = new JsonArray([.. result.Reference.Select(value => JsonValue.Create(Rounded(value)))]);
        whole["ours"] = new JsonArray([.. result.Ours.Select(value => JsonValue.Create(Rounded(value)))]);
        return whole;
    }

    private static string Key(Side side, Unit unit) => $"{Names.Of(side)}_{(unit == Unit.Ms ? "ms" : "bytes")}";

    private static double Rounded(double value) => Math.Round(value, 3);

    private sealed record BaselineEntry(string Name, double Ratio);
}
