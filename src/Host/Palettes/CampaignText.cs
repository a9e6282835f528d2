using SpikeTrail.Host.Progress;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Palettes;

/// <summary>Campaigns in words.</summary>
internal static class CampaignText
{
    public static string Of(CampaignList list)
    {
        if (list.Campaigns.Count == 0)
        {
            return "no campaigns; begin with `campaign start demo`";
        }

        var table = new TextTable("campaign", "standing", ">done", ">image passes", ">failures", "note");
        foreach (var campaign in list.Campaigns)
        {
            table.Add(
                campaign.Campaign.Value,
                SpecNames.Of(campaign.Standing),
                Done(campaign),
                campaign.Total > 0 ? Numbers.Count(campaign.Total) : Numbers.None,
                Numbers.Count(campaign.Failures),
                OneLine(campaign.Note ?? ""));
        }

        return Text(table);
    }

    public static string Of(CampaignDetails details)
    {
        var parts = new List<string> { Of(details.Summary) };
        if (details.Runs.Count > 0)
        {
            var runs = new TextTable("run", ">epochs", ">shards", "note");
            foreach (var run in details.Runs)
            {
                runs.Add(run.Run.Value, Share(run.EpochsDone, run.Epochs), Share(run.ShardsDone, run.Shards), run.GivenUp ? "given up: `campaign retry` takes it up again" : "");
            }

            parts.Add(Text(runs));
        }

        if (details.Pipelines.Count > 0)
        {
            var pipelines = new TextTable("pipeline", "run", "at", "devices");
            foreach (var pipeline in details.Pipelines)
            {
                pipelines.Add(
                    pipeline.Pipeline, pipeline.Run.Value, pipeline.Work ?? "waiting", string.Join(' ', pipeline.Groups.Select(group => group.Device.ToString()).Distinct()));
            }

            parts.Add(Text(pipelines));
        }

        if (details.Failures.Count > 0)
        {
            parts.Add(string.Join('\n', details.Failures.SelectMany(failure => new FactNarrator().Tell(failure, recovered: false))));
        }

        return string.Join("\n\n", parts);
    }

    /// <summary>A campaign in a line: <c>demo is running: 42.30 % of 123,456 image passes, 1 failure</c>.</summary>
    public static string Of(CampaignSummary campaign)
    {
        var progress = campaign.Total > 0 ? $": {Done(campaign)} of {Numbers.Count(campaign.Total, "image pass", "image passes")}" : "";
        var failures = campaign.Failures > 0 ? $", {Numbers.Count(campaign.Failures, "failure", "failures")}" : "";
        var note = campaign.Note is { } said ? $" ({OneLine(said)})" : "";
        return $"{campaign.Campaign} is {SpecNames.Of(campaign.Standing)}{progress}{failures}{note}";
    }

    /// <summary>Whether nothing more happens to a campaign by itself.</summary>
    public static bool HasEnded(CampaignStanding standing) =>
        standing is CampaignStanding.Complete or CampaignStanding.Incomplete or CampaignStanding.Cancelled or CampaignStanding.Refused;

    private static string Done(CampaignSummary campaign) =>
        campaign.Total > 0 ? Numbers.PercentSign(ProgressText.Share(campaign.Done, campaign.Total)) : Numbers.None;

    private static string Share(int done, int all) => $"{Numbers.Count(done)}/{Numbers.Count(all)}";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Text(TextTable table) => table.ToPlain().TrimEnd('\n');
}
