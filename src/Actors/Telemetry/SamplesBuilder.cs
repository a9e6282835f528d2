using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Actors.Telemetry;

/// <summary>Samples from facts: a pure function, as <see cref="ResultsBuilder"/> is.</summary>
internal static class SamplesBuilder
{
    /// <summary>The samples of a campaign's runs, in the runs' order; null where there are none.</summary>
    public static CampaignSamples? Build(PreparedCampaign campaign, CampaignState state)
    {
        var runs = (
            from run in campaign.Runs
            where state.Samples.ContainsKey(run.Id)
            let plan = run.Context.Run
            select new SampledRun(plan.Network.Name, plan.DataSet.Name, plan.Seed, DataCatalog.Describe(plan.DataSet.Name).ClassNames, state.Samples[run.Id])).ToList();
        return runs.Count == 0 ? null : new CampaignSamples(CampaignSamples.CurrentSchema, campaign.Identity.Hash, runs);
    }
}
