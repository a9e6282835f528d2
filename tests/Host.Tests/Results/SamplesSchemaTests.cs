using System.Text.Json;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Results;

public sealed class SamplesSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples-schema.json"))).RootElement;

    [Fact]
    public void Written_samples_fit_the_schema()
    {
        Assert.Empty(Violations(SampledNetworks.Campaign));
        Assert.Empty(Violations(SampledNetworks.Clean));
    }

    [Fact]
    public void A_key_that_is_written_is_required_by_the_schema_in_the_same_order()
    {
        using var written = JsonDocument.Parse(SamplesJson.Write(SampledNetworks.Campaign));
        var run = written.RootElement.GetProperty("runs")[0];
        var samples = run.GetProperty("samples");
        var image = samples.GetProperty("images")[0];

        AssertSameKeys(written.RootElement, Schema);
        AssertSameKeys(run, Definition("run"));
        AssertSameKeys(samples, Definition("samples"));
        AssertSameKeys(samples.GetProperty("attack"), Definition("attack"));
        AssertSameKeys(image, Definition("image"));
        AssertSameKeys(image.GetProperty("clean"), Definition("shown"));
        AssertSameKeys(samples.GetProperty("clean")[0], Definition("layer"));
    }

    private static JsonElement Definition(string name) => Schema.GetProperty("$defs").GetProperty(name);

    private static void AssertSameKeys(JsonElement written, JsonElement schema)
    {
        var keys = written.EnumerateObject().Select(member => member.Name).ToList();
        Assert.Equal(keys, schema.GetProperty("properties").EnumerateObject().Select(member => member.Name));
        Assert.Equal(keys, schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    private static IEnumerable<string> Violations(CampaignSamples samples)
    {
        using var written = JsonDocument.Parse(SamplesJson.Write(samples));
        return [.. new JsonSchema(Schema).Violations(written.RootElement)];
    }
}
