using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A setting in which a campaign is not like the base where both measured the same cell: a difference may come from it.</summary>
/// <param name="Of">What has the setting, such as <c>network sew-resnet18</c>.</param>
/// <param name="Key">Its key, as results.json or the campaign's file has it.</param>
/// <param name="Base">The base's value.</param>
/// <param name="Campaign">The other campaign.</param>
/// <param name="Value">The other campaign's value.</param>
internal sealed record UnlikeSetting(string Of, string Key, string Base, string Campaign, string Value)
{
    private static readonly JsonSerializerOptions AsInResults = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>All of them, each once, in the order of the base's cells. What only one of the two has no value for is left out.</summary>
    public static IEnumerable<UnlikeSetting> Between(ComparedCampaign reference, ComparedCampaign other) =>
    (
        from cell in reference.Cells.Select(cell => cell.Key)
        where other.Cells.Contains(cell)
        from pair in Settings(reference, cell).Join(Settings(other, cell), mine => (mine.Of, mine.Key), theirs => (theirs.Of, theirs.Key), (mine, theirs) => (mine, theirs))
        where pair.mine.Value != pair.theirs.Value
        select new UnlikeSetting(pair.mine.Of, pair.mine.Key, pair.mine.Value, other.Label, pair.theirs.Value)
    ).Distinct();

    /// <summary>Everything that is known of how a campaign measured a cell.</summary>
    private static IEnumerable<(string Of, string Key, string Value)> Settings(ComparedCampaign campaign, CellName name)
    {
        var (run, cell) = campaign.Cells[name].First();
        (string Of, string Path, JsonNode? Section)[] sections =
        [
            ($"network {name.Network}", "", Json(run.Network)),
            ($"network {name.Network}", "neuron", Configured(campaign, "campaign", "networks", name.Network, "neuron")),
            ($"data set {name.DataSet}", "", Json(run.Dataset)),
            ($"data set {name.DataSet}", "encoder", Configured(campaign, "campaign", "data-sets", name.DataSet, "encoder")),
            ($"training of {name.Network} on {name.DataSet}", "", Configured(campaign, "campaign", "training") ?? Json(new { Epochs = run.Epochs.Count })),
            ("campaign", "", Checks(campaign)),
            ("evaluation", "", Configured(campaign, "campaign", "evaluation")),
            ("pipeline", "", Configured(campaign, "pipeline")),
            ($"runs of {name.Network} on {name.DataSet}", "", Json(new { Seeds = string.Join(", ", campaign.Cells[name].Select(seed => Numbers.Plain(seed.Run.Seed))) })),
            ($"attack {name.Attack}", "", Json(new { cell.StepSize, cell.Iterations, cell.Restarts, cell.Transfer })),
            ($"protocol {name.Protocol}", "", Json(campaign.Results.Campaign.Protocols.FirstOrDefault(protocol => protocol.Name == name.Protocol))),
        ];

        // The kind of a neuron or a code the results have too.
        return from section in sections
               where section.Section is not null
               from leaf in Leaves(section.Path, section.Section)
               where section.Path.Length == 0 || leaf.Key != $"{section.Path}.kind"
               select (section.Of, leaf.Key, leaf.Value);
    }

    /// <summary>What only the configuration in provenance.json says: the section at a path of keys, and of names in lists. Null where it is not there.</summary>
    private static JsonObject? Configured(ComparedCampaign campaign, params IEnumerable<string> path) =>
        path.Aggregate(campaign.Report.Provenance?.Configuration, Step) is { ValueKind: JsonValueKind.Object } section ? JsonObject.Create(section) : null;

    /// <summary>How many images the checks had, as the campaign's file says it: a configuration without checks has no such key.</summary>
    private static JsonNode? Checks(ComparedCampaign campaign) => Configured(campaign, "campaign") is { } section
        ? Json(new { Checks = CampaignSpec.ChecksInWords(section["checks"] is JsonValue value && value.TryGetValue<int>(out var checks) ? checks : 0) })
        : null;

    private static JsonElement? Step(JsonElement? section, string step) => section switch
    {
        { ValueKind: JsonValueKind.Object } parent when parent.TryGetProperty(step, out var child) => child,
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Cast<JsonElement?>().FirstOrDefault(element => Step(element, "name") is { ValueKind: JsonValueKind.String } name && name.ValueEquals(step)),
        _ => null,
    };

    /// <summary>A section's values, with the path to each: <c>optimizer.learning-rate</c>.</summary>
    private static IEnumerable<(string Key, string Value)> Leaves(string path, JsonNode? node) => node switch
    {
        JsonObject section => section.SelectMany(pair => Leaves(path.Length == 0 ? pair.Key : $"{path}.{pair.Key}", pair.Value)),
        JsonArray list => [(path, list.ToJsonString())],
        _ => [(path, node?.ToString() ?? "none")],
    };

    private static JsonNode? Json<T>(T section) => JsonSerializer.SerializeToNode(section, AsInResults);
}
