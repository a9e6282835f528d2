using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>A cell that cannot be compared with a campaign, which does not have it, and why not.</summary>
internal sealed record MissingShare(CellName Cell, string Campaign, string Reason)
{
    public static MissingShare Of(ComparedCampaign campaign, CellName cell)
    {
        List<MissingCell> missing =
        [
            .. from run in campaign.Results.Runs
               where run.Network.Name == cell.Network && run.Dataset.Name == cell.DataSet
               from candidate in run.Missing
               where (candidate.Protocol, candidate.Attack, candidate.Epsilon) == (cell.Protocol, cell.Attack, cell.Epsilon)
               select candidate,
        ];
        return new(cell, campaign.Label, missing.Count == 0 ? "not part of it" : missing.Exists(candidate => candidate.Errored) ? "given up there" : "unfinished there");
    }
}
