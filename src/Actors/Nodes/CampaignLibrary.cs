using System.Collections.Concurrent;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// The campaigns that a node has made ready: their images are in memory once, however many pipelines work on them.
/// Thread-safe.
/// </summary>
/// <param name="campaignsFolder">Where every campaign has a folder of its name.</param>
/// <param name="dataFolder">Where data sets are looked for besides the ones that ship with SpikeTrail; may be null.</param>
public sealed class CampaignLibrary(string campaignsFolder, string? dataFolder)
{
    // Two campaigns may measure the same thing, each in its own folder.
    private readonly ConcurrentDictionary<(CampaignId Campaign, string Hash), Lazy<PreparedCampaign>> _prepared = [];

    /// <summary>A library of one campaign, which is ready.</summary>
    public CampaignLibrary(CampaignId id, PreparedCampaign campaign)
        : this(campaign.Job.OutputFolder, campaign.Job.DataFolder) =>
        _prepared[(id, campaign.Identity.Hash)] = new Lazy<PreparedCampaign>(campaign);

    /// <summary>The folder of a campaign.</summary>
    public string FolderOf(CampaignId campaign) => Path.Combine(campaignsFolder, campaign.Value);

    /// <summary>A campaign made ready: takes as long as its data sets take to load, the first time.</summary>
    /// <exception cref="InputException">A data set, a network or a file is not what it must be.</exception>
    public PreparedCampaign Prepare(CampaignId campaign, CampaignSpec spec, PipelineSpec layout)
    {
        var key = (campaign, CampaignIdentity.Of(spec, layout).Hash);
        var prepared = _prepared.GetOrAdd(key, _ => new Lazy<PreparedCampaign>(
            () => PreparedCampaign.Prepare(new CampaignJob(spec, layout, FolderOf(campaign), dataFolder))));
        try
        {
            return prepared.Value;
        }
        catch
        {
            // What was missing may be there the next time.
            _prepared.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>Forgets what nobody works on any more.</summary>
    public void Keep(Func<PreparedCampaign, bool> needed)
    {
        foreach (var (key, campaign) in _prepared)
        {
            if (campaign.IsValueCreated && !needed(campaign.Value))
            {
                _prepared.TryRemove(key, out _);
            }
        }
    }
}
