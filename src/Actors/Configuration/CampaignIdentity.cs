using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// What determines a campaign's numbers, as text and as a hash: the whole campaign, the threads of a layer group, because
/// weight gradients depend on them bit for bit, and the kinds of device (cpu, cuda), whose arithmetic differs. How the
/// work is spread over groups and devices of a kind is not part of it, nor is how many samples are taken. Of a file that a network starts from, the SHA-256 is.
/// </summary>
/// <param name="Hash">SHA-256 of <paramref name="Json"/>, in hexadecimal.</param>
/// <param name="Json">The configuration as canonical JSON: every key, in the records' order, without white space.</param>
public sealed record CampaignIdentity(string Hash, string Json)
{
    private static readonly JsonSerializerOptions Canonical = new()
    {
        PropertyNamingPolicy = SpecNames.Policy,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(SpecNames.Policy, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveSamplesOut } },
    };

    /// <summary>The identity of a campaign.</summary>
    public static CampaignIdentity Of(CampaignSpec campaign, PipelineSpec pipeline)
    {
        var json = JsonSerializer.Serialize(new Determinants(campaign, new PipelineDeterminants(pipeline.ThreadsPerGroup, [.. pipeline.Devices.Select(device => device.Split(':')[0]).Distinct().Order(StringComparer.Ordinal)])), Canonical);
        return new CampaignIdentity(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))), json);
    }

    /// <summary>The first key whose value differs between two canonical texts, or <see langword="null"/> when none does.</summary>
    public static ConfigurationChange? FirstDifference(string oldJson, string newJson) =>
        Compare("", JsonNode.Parse(oldJson), JsonNode.Parse(newJson));

    private static void LeaveSamplesOut(JsonTypeInfo type)
    {
        if (type.Type == typeof(CampaignSpec))
        {
            type.Properties.Remove(type.Properties.Single(property => property.Name == SpecNames.Policy.ConvertName(nameof(CampaignSpec.Samples))));
        }
    }

    private static ConfigurationChange? Compare(string path, JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (JsonObject left, JsonObject right) => left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key))
            .Select(key => Compare(path.Length == 0 ? key : $"{path}.{key}", left[key], right[key]))
            .FirstOrDefault(change => change is not null),
        (JsonArray left, JsonArray right) => Enumerable.Range(0, Math.Max(left.Count, right.Count))
            .Select(index => Compare($"{path}[{index}]", left.ElementAtOrDefault(index), right.ElementAtOrDefault(index)))
            .FirstOrDefault(change => change is not null),
        _ when JsonNode.DeepEquals(before, after) => null,
        _ when path == "campaign.checks" => new ConfigurationChange(path, Checks(before), Checks(after)),
        _ => new ConfigurationChange(path, Show(before), Show(after)),
    };

    private static string Show(JsonNode? value) => value?.ToJsonString() ?? "nothing";

    // No checks are left out of the text.
    private static string Checks(JsonNode? value) => CampaignSpec.ChecksInWords(value?.GetValue<int>() ?? 0);

    private sealed record Determinants(CampaignSpec Campaign, PipelineDeterminants Pipeline);

    private sealed record PipelineDeterminants(int ThreadsPerGroup, IReadOnlyList<string> DeviceKinds);
}

/// <summary>One key whose value changed.</summary>
/// <param name="Key">Its full path, such as <c>campaign.training.epochs</c>.</param>
/// <param name="Before">The old value as JSON, or <c>nothing</c>; of checks as the campaign's file says it.</param>
/// <param name="After">The new value, likewise.</param>
public sealed record ConfigurationChange(string Key, string Before, string After);
