using System.Text.Json;
using System.Text.Json.Nodes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Tests.Results;

public sealed class SamplesJsonTests
{
    private static readonly LayerSpikes Fired = new("sn1", 6, [5, 0], ["a4", "00"]);

    private static readonly CampaignSamples Samples = new(
        CampaignSamples.CurrentSchema,
        "00ff",
        [
            new("narrow", "made-up", 7, ["cat", "dog"], new(
                1, 1, 2, new("strict", "pgd", 8), [new(0, 1, new("AAE=", 1, 0.75), new("CAk=", 0, double.NaN))], [Fired], [Fired with { Counts = [4, 1] }])),
            new("wide", "made-up", 7, ["cat", "dog"], new(3, 1, 1, null, [new(0, 1, new("AAEC", 1, 0.75), null)], [Fired], [])),
        ]);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var text = SamplesJson.Write(Samples);

        var read = SamplesJson.Read(text);

        Assert.Equivalent(Samples, read, strict: true);
        Assert.Equal(text, SamplesJson.Write(read));
        Assert.StartsWith("{\n  \"schema\": 1,\n  \"configuration-hash\": \"00ff\",\n  \"runs\": [", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema", "2", "schema is 2, expected 1")]
    [InlineData("runs.0", "null", "runs: expected no null")]
    [InlineData("runs.0.classes.0", "null", "runs[0].samples: classes: expected no null")]
    [InlineData("runs.0.samples.channels", "2", "runs[0].samples.channels is 2, expected 1 or 3")]
    [InlineData("runs.0.samples.width", "0", "expected a height and a width above 0, found 1 and 0")]
    [InlineData("runs.0.samples.width", "2147483647", "expected the pixels' 2147483647 bytes in base64")]
    [InlineData("runs.0.samples.images", "[]", "images: expected at least one")]
    [InlineData("runs.0.samples.images.0", "null", "images: expected no null")]
    [InlineData("runs.0.samples.images.0.label", "2", "images[0].label is 2, expected 0 to 1")]
    [InlineData("runs.0.samples.images.0.attacked", "null", "images[0].attacked: expected it where there is an attack, and only there")]
    [InlineData("runs.0.samples.images.0.clean.class", "-1", "images[0]: class is -1, expected 0 to 1")]
    [InlineData("runs.0.samples.images.0.clean.pixels", "\"AAE\"", "images[0]: expected the pixels' 2 bytes in base64")]
    [InlineData("runs.0.samples.clean", "[]", "clean: expected at least one layer")]
    [InlineData("runs.0.samples.clean.0", "null", "clean: expected no null")]
    [InlineData("runs.0.samples.clean.0.neurons", "0", "layer sn1: expected neurons")]
    [InlineData("runs.0.samples.clean.0.counts", "[]", "layer sn1: expected neurons")]
    [InlineData("runs.0.samples.clean.0.raster.0", "null", "raster: expected no null")]
    [InlineData("runs.0.samples.clean.0.raster.0", "\"a\"", "the raster's digits")]
    [InlineData("runs.0.samples.clean.0.raster.0", "\"ax\"", "the raster's digits")]
    [InlineData("runs.0.samples.attacked", "[]", "attacked: expected the layers of clean where there is an attack, else none")]
    [InlineData("runs.0.samples.attacked.0.module", "\"sn2\"", "attacked: expected the layers of clean")]
    public void What_could_not_be_drawn_is_refused_by_name(string path, string value, string complaint)
    {
        var samples = JsonNode.Parse(SamplesJson.Write(Samples))!;
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate(samples, (node, part) => (int.TryParse(part, out var index) ? node[index] : node[part])!);
        if (int.TryParse(parts[^1], out var last))
        {
            parent[last] = JsonNode.Parse(value);
        }
        else
        {
            parent[parts[^1]] = JsonNode.Parse(value);
        }

        Assert.Contains(complaint, Assert.Throws<JsonException>(() => SamplesJson.Read(samples.ToJsonString())).Message, StringComparison.Ordinal);
    }
}
