using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

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
        (string Of, JsonNode? Section)[] sections =
        [
            ($"network {name.Network}", Json(run.Network)),
            ($"data set {name.DataSet}", Json(run.Dataset)),
            ($"training of {name.Network} on {name.DataSet}", Training(campaign) ?? Json(new { Epochs = run.Epochs.Count })),
            ($"runs of {name.Network} on {name.DataSet}", Json(new { Seeds = string.Join(", ", campaign.Cells[name].Select(seed => Numbers.Plain(seed.Run.Seed))) })),
            ($"attack {name.Attack}", Json(new { cell.StepSize, cell.Iterations, cell.Restarts, cell.Transfer })),
            ($"protocol {name.Protocol}", Json(campaign.Results.Campaign.Protocols.FirstOrDefault(protocol => protocol.Name == name.Protocol))),
        ];
        return from section in sections from leaf in Leaves("", section.Section) select (section.Of, leaf.Key, leaf.Value);
    }

    /// <summary>How the campaign trains, which only its configuration in provenance.json says.</summary>
    private static JsonObject? Training(ComparedCampaign campaign) =>
        campaign.Report.Provenance?.Configuration is { ValueKind: JsonValueKind.Object } configuration
        && configuration.TryGetProperty("campaign", out var section) && section.ValueKind == JsonValueKind.Object
        && section.TryGetProperty("training", out var training) && training.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(training)
            : null;

    /// <summary>A section's values, with the path to each: <c>optimizer.learning-rate</c>.</summary>
    private static IEnumerable<(string Key, string Value)> Leaves(string path, JsonNode? node) => node switch
    {
        JsonObject section => section.SelectMany(pair => Leaves(path.Length == 0 ? pair.Key : $"{path}.{pair.Key}", pair.Value)),
        JsonArray list => [(path, list.ToJsonString())],
        null when path.Length == 0 => [],
        _ => [(path, node?.ToString() ?? "none")],
    };

    private static JsonNode? Json<T>(T section) => JsonSerializer.SerializeToNode(section, AsInResults);
}
