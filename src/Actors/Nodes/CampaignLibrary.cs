using System.Collections.Concurrent;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// The campaigns that a node has made ready: their images are in memory once, however many pipelines work on them, and for as
/// long as anybody holds the campaign. Thread-safe.
/// </summary>
/// <param name="campaignsFolder">Where every campaign has a folder of its name.</param>
/// <param name="dataFolder">Where data sets are looked for besides the ones that ship with SpikeTrail; may be null.</param>
public sealed class CampaignLibrary(string campaignsFolder, string? dataFolder)
{
    // Two campaigns may measure the same thing, each in its own folder. The references are weak: supervisors and workers hold
    // the campaigns that they work on, and what none of them holds is the garbage collector's.
    private readonly ConcurrentDictionary<(CampaignId Campaign, string Hash), WeakReference<PreparedCampaign?>> _prepared = [];

    /// <summary>A library of one campaign, which is ready.</summary>
    public CampaignLibrary(CampaignId id, PreparedCampaign campaign)
        : this(campaign.Job.OutputFolder, campaign.Job.DataFolder) =>
        _prepared[(id, campaign.Identity.Hash)] = new WeakReference<PreparedCampaign?>(campaign);

    /// <summary>The folder of a campaign.</summary>
    public string FolderOf(CampaignId campaign) => Path.Combine(campaignsFolder, campaign.Value);

    /// <summary>A campaign made ready: takes as long as its data sets take to load, unless somebody holds it.</summary>
    /// <exception cref="InputException">A data set, a network or a file is not what it must be.</exception>
    public PreparedCampaign Prepare(CampaignId campaign, CampaignSpec spec, PipelineSpec layout)
    {
        var known = _prepared.GetOrAdd((campaign, CampaignIdentity.Of(spec, layout).Hash), _ => new WeakReference<PreparedCampaign?>(null));
        // Whoever asks meanwhile waits, rather than load the same again.
        lock (known)
        {
            if (!known.TryGetTarget(out var prepared))
            {
                prepared = PreparedCampaign.Prepare(new CampaignJob(spec, layout, FolderOf(campaign), dataFolder));
                known.SetTarget(prepared);
            }

            return prepared;
        }
    }
}
