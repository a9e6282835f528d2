using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>
/// <c>campaign.json</c> in the folder of a cluster's campaign: what it measures, for people, and the sign that its journal
/// lies elsewhere, so that nobody runs a campaign of their own there.
/// </summary>
internal static class CampaignMark
{
    private const string Name = "campaign.json";

    /// <summary>Marks a campaign's folder, which is made where it is missing.</summary>
    public static void Write(PreparedCampaign campaign)
    {
        Directory.CreateDirectory(campaign.Job.OutputFolder);
        WholeFile.WriteText(Path.Combine(campaign.Job.OutputFolder, Name), campaign.Identity.Json);
    }

    /// <exception cref="InputException">The folder is a cluster's.</exception>
    public static void RefuseClusterFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, Name)))
        {
            throw new InputException($"--out {folder}: belongs to a campaign of a cluster; `spiketrail cmd campaign` deals with those");
        }
    }
}
