using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>
/// <c>campaign.json</c> in the folder of a cluster's campaign: what it measures, for people, and the sign that its journal
/// lies elsewhere, so that nobody runs a campaign of their own there.
/// </summary>
internal static class CampaignMark
{
    /// <summary>Where the nodes themselves keep journal and logs in the campaigns folder: no campaign can have this name.</summary>
    public const string NodesFolder = ".nodes";

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
        var above = new DirectoryInfo(folder);
        if (Directory.Exists(Path.Combine(folder, NodesFolder)))
        {
            throw new InputException($"--out {folder}: is the campaigns folder of a cluster; give another one");
        }

        while (above is not null && !File.Exists(Path.Combine(above.FullName, Name)))
        {
            above = above.Parent;
        }

        if (above is not null)
        {
            throw new InputException($"--out {folder}: belongs to a campaign of a cluster; `spiketrail cmd campaign` deals with those");
        }
    }
}
