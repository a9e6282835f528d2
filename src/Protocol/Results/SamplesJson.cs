using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Results;

/// <summary>samples.json as text, in the manner of <see cref="ResultsJson"/>.</summary>
public static class SamplesJson
{
    /// <summary>Writes samples.</summary>
    public static string Write(CampaignSamples samples) => JsonSerializer.Serialize(samples, SamplesJsonContext.Default.CampaignSamples) + "\n";

    /// <summary>Reads samples, and sees to it that their parts fit each other: whoever draws them need not.</summary>
    /// <exception cref="JsonException">The text is not samples of this schema.</exception>
    public static CampaignSamples Read(string json)
    {
        var samples = JsonSerializer.Deserialize(json, SamplesJsonContext.Default.CampaignSamples) ?? throw new JsonException("expected an object");
        Require(samples.Schema == CampaignSamples.CurrentSchema, $"schema is {samples.Schema}, expected {CampaignSamples.CurrentSchema}");
        RequireNoNulls(samples.Runs, "runs");
        foreach (var (number, run) in samples.Runs.Index())
        {
            Require(run, $"runs[{number}].samples");
        }

        return samples;
    }

    // The serializer looks for nulls everywhere but in lists.
    private static void RequireNoNulls<T>(IReadOnlyList<T?> list, string where)
        where T : class => Require(list.All(element => element is not null), $"{where}: expected no null");

    private static void Require(SampledRun run, string where)
    {
        var samples = run.Samples;
        RequireNoNulls(run.Classes, $"{where}: classes");
        RequireNoNulls(samples.Images, $"{where}.images");
        RequireNoNulls(samples.Clean, $"{where}.clean");
        RequireNoNulls(samples.Attacked, $"{where}.attacked");
        Require(samples.Channels is 1 or 3, $"{where}.channels is {samples.Channels}, expected 1 or 3");
        Require(samples is { Height: > 0, Width: > 0 }, $"{where}: expected a height and a width above 0, found {samples.Height} and {samples.Width}");
        Require(samples.Images.Count > 0, $"{where}.images: expected at least one");
        Require(samples.Clean.Count > 0, $"{where}.clean: expected at least one layer");
        var bytes = (long)samples.Channels * samples.Height * samples.Width;
        foreach (var (number, image) in samples.Images.Index())
        {
            Require(IsClass(image.Label), $"{where}.images[{number}].label is {image.Label}, expected 0 to {run.Classes.Count - 1}");
            Require(image.Attacked is null == samples.Attack is null, $"{where}.images[{number}].attacked: expected it where there is an attack, and only there");
            foreach (var shown in new[] { image.Clean, image.Attacked }.OfType<ShownImage>())
            {
                Require(IsClass(shown.Class), $"{where}.images[{number}]: class is {shown.Class}, expected 0 to {run.Classes.Count - 1}");
                Require(BytesOf(shown.Pixels) == bytes, $"{where}.images[{number}]: expected the pixels' {bytes} bytes in base64");
            }
        }

        foreach (var layer in samples.Clean.Concat(samples.Attacked))
        {
            RequireNoNulls(layer.Raster, $"{where}: layer {layer.Module}: raster");
            Require(
                layer.Neurons > 0 && layer.Counts.Count == samples.Clean[0].Counts.Count && layer.Counts.Count is > 0 and <= LayerSpikes.MostSteps
                && layer.Raster.Count == layer.Counts.Count && layer.Raster.All(step => IsRaster(step, layer.Neurons)),
                $"{where}: layer {layer.Module}: expected neurons, and for each time step of the first layer a count and the raster's digits");
        }

        Require(
            samples.Attack is null ? samples.Attacked.Count == 0 : samples.Clean.Select(Outline).SequenceEqual(samples.Attacked.Select(Outline)),
            $"{where}.attacked: expected the layers of clean where there is an attack, else none");

        bool IsClass(int label) => label >= 0 && label < run.Classes.Count;
    }

    private static (string Module, int Neurons) Outline(LayerSpikes layer) => (layer.Module, layer.Neurons);

    private static bool IsRaster(string step, int neurons) => step.Length == LayerSpikes.DigitsOf(neurons) && step.All(char.IsAsciiHexDigitLower);

    /// <summary>How many bytes a text in base64 has; -1 where it is none.</summary>
    private static int BytesOf(string text) => Base64.IsValid(text, out var length) ? length : -1;

    private static void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new JsonException(complaint);
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
[JsonSerializable(typeof(CampaignSamples))]
internal sealed partial class SamplesJsonContext : JsonSerializerContext;
