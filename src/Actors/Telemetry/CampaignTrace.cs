using System.Diagnostics;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Telemetry;

/// <summary>The spans of one sitting of a campaign: one for it, in it one for each run that is worked on, in that one for each piece of work. Null, all of them, where nobody listens.</summary>
internal sealed class CampaignTrace : IDisposable
{
    private readonly Activity? _campaign;
    private readonly Dictionary<RunId, Activity?> _runs = [];

    public CampaignTrace(CampaignId campaign)
    {
        _campaign = Instruments.Begin("campaign", default);
        _campaign?.SetTag("spiketrail.campaign", campaign.Value);
    }

    /// <summary>A piece of work is given to a pipeline.</summary>
    public Activity? Begin(RunId run, string work, string pipeline)
    {
        if (_campaign is null)
        {
            return null;
        }

        if (!_runs.TryGetValue(run, out var inRun))
        {
            _runs.Add(run, inRun = Instruments.Begin("run", _campaign.Context)?.SetTag("spiketrail.run", run.Value));
        }

        return Instruments.Begin("work", inRun?.Context ?? _campaign.Context)?.SetTag("spiketrail.work", work).SetTag("spiketrail.pipeline", pipeline);
    }

    /// <summary>Nothing is left to do of a run.</summary>
    public void End(RunId run)
    {
        if (_runs.Remove(run, out var span))
        {
            span?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in _runs.Values)
        {
            run?.Dispose();
        }

        _campaign?.Dispose();
    }
}
