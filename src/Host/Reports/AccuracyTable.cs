using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>The table everybody looks at first: what each network classifies correctly, with the other pooling of the same network under it.</summary>
internal static class AccuracyTable
{
    /// <summary>A row for each network on each data set under each protocol, all seeds together, in groups that differ in their pooling alone.</summary>
    public static TextTable Of(CampaignResults results) => ShareTable.Of(
    [
        .. from row in PooledCells.Of(results)
           group row by row.DataSet.Name into dataSet
           from row in dataSet
           group row by (dataSet.Key, ButForPool(row.Network)) into network
           from row in network
           group row by (network.Key, row.Protocol) into alike
           select Compared([.. alike]),
    ]);

    /// <summary>The same seed by seed; empty where no network has several.</summary>
    public static TextTable BySeed(CampaignResults results) => ShareTable.Of(
    [
        .. from row in PooledCells.Of(results)
           where row.Seeds.Count > 1
           select new ShareGroup([.. row.Seeds.Select(seed => new PooledCells([seed]))], BestInBold: false, []),
    ]);

    private static ShareGroup Compared(IReadOnlyList<PooledCells> rows)
    {
        var several = rows.Select(row => row.Network.Pool).Distinct().Count() > 1;
        return new(rows, several, several && rows.Count == 2 ? [Difference(rows[0], rows[1])] : []);
    }

    private static ShareDifference Difference(PooledCells row, PooledCells other) =>
        new(row, other, ["difference", $"{row.Network.Pool} − {other.Network.Pool}", row.DataSet.Name, row.Protocol, ""]);

    // The weights that a network started from are its own as well.
    private static NetworkSection ButForPool(NetworkSection network) => network with { Name = "", Pool = "", Parameters = 0, Weights = null };
}
