using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A campaign, how it is laid out on this machine, and where its files are.</summary>
/// <param name="Campaign">What is measured.</param>
/// <param name="Pipeline">How it is computed.</param>
/// <param name="OutputFolder">The campaign's own folder: journal, checkpoints, results.json, provenance.json.</param>
/// <param name="DataFolder">Where data sets are looked for besides the ones that ship with SpikeTrail; may be null.</param>
public sealed record CampaignJob(CampaignSpec Campaign, PipelineSpec Pipeline, string OutputFolder, string? DataFolder);

/// <summary>Hears of a campaign while it runs. Called from actor threads: must return at once.</summary>
public interface ICampaignObserver
{
    /// <summary>The campaign is about to begin. It can be asked how it is, as a registry can: <see cref="ListCampaigns"/>, <see cref="ShowCampaign"/>, <see cref="ListCells"/>.</summary>
    void OnStart(IActorRef campaign)
    {
    }

    /// <summary>Some more work is done.</summary>
    void OnProgress(ProgressUpdate update);

    /// <summary>Something happened and is in the journal; <paramref name="recovered"/> when it was already there at the start.</summary>
    void OnFact(ICampaignFact fact, bool recovered);
}
