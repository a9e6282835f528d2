using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>What each protocol measures on the same network, and how far that is from what strict measures.</summary>
internal static class ProtocolTable
{
    /// <summary>The rows of a network on a data set together; empty where there is but one protocol.</summary>
    public static TextTable Of(CampaignResults results) => ShareTable.Of(
    [
        .. from row in PooledCells.Of(results)
           group row by (row.DataSet.Name, row.Network.Name) into network
           where network.Count() > 1
           select Compared([.. network]),
    ]);

    private static ShareGroup Compared(IReadOnlyList<PooledCells> rows)
    {
        var reference = rows.FirstOrDefault(row => row.Protocol == ProtocolSpec.Strict.Name) ?? rows[0];
        return new(rows, BestInBold: false, [.. rows.Where(row => row != reference).Select(row => Difference(row, reference))]);
    }

    private static ShareDifference Difference(PooledCells row, PooledCells reference) =>
        new(row, reference, ["difference", row.Network.Pool, row.DataSet.Name, $"{row.Protocol} − {reference.Protocol}", ""]);
}
