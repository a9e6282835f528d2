using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A comparison's numbers as JSON, in the manner of results.json: shares and differences in [-1, 1], not in points.</summary>
internal static class ComparisonJson
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write(CampaignComparison comparison) => JsonSerializer.Serialize(
        new
        {
            Campaigns = comparison.Campaigns.Select(campaign => new
            {
                campaign.Label,
                campaign.Results.Campaign.Name,
                campaign.Results.Campaign.ConfigurationHash,
                campaign.Results.Campaign.Complete,
            }),
            comparison.Differences,
            comparison.Missing,
            comparison.Unlike,
        },
        Layout) + "\n";
}
