using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>Where in the network the gradient loses its entries.</summary>
internal static class SparsityTables
{
    /// <summary>Input-side zeros, averaged over the modules of each kind: a column for each kind, in the networks' order.</summary>
    public static TextTable ByKind(CampaignResults results)
    {
        // A kind comes where the first of the networks to use it does, so that pools stand side by side.
        string[] kinds =
        [
            .. Pooled(results).SelectMany(row => row.Seeds).SelectMany(operations => operations.Index())
                .GroupBy(operation => operation.Item.Kind)
                .OrderBy(kind => kind.Min(operation => operation.Index))
                .Select(kind => kind.Key),
        ];
        var table = new TextTable(["network", "data set", ">seed", "protocol", .. kinds.Select(kind => $">{kind} %")]);
        foreach (var (cells, seeds) in Pooled(results))
        {
            table.Add([.. Row(cells), .. kinds.Select(kind => Mean(seeds, operations =>
                operations.Where(operation => operation.Kind == kind).Select(operation => (double?)operation.InputZeroFraction).Average(), TableCell.Percent))]);
        }

        return table;
    }

    /// <summary>The stem's pool alone, on both of its sides.</summary>
    public static TextTable StemPool(CampaignResults results)
    {
        var table = new TextTable(
            "network", "data set", ">seed", "protocol", "module", "kind", ">input side %", ">output side %", ">mean of both %", ">input norm");
        foreach (var (cells, seeds) in Pooled(results))
        {
            List<OperationResult> pools = [.. seeds.Select(operations => operations.FirstOrDefault(IsStemPool)).OfType<OperationResult>()];
            if (pools.Count > 0)
            {
                table.Add(
                [
                    .. Row(cells),
                    pools[0].Module,
                    pools[0].Kind,
                    Mean(pools, pool => pool.InputZeroFraction, TableCell.Percent),
                    Mean(pools, pool => pool.OutputZeroFraction, TableCell.Percent),
                    Mean(pools, pool => (pool.InputZeroFraction + pool.OutputZeroFraction) / 2, TableCell.Percent),
                    Mean(pools, pool => pool.InputNorm, TableCell.Norm),
                ]);
            }
        }

        return table;
    }

    // The pool before the readout is adaptive: these two kinds occur in the stem only.
    private static bool IsStemPool(OperationResult operation) => operation.Kind is "MaxPool2d" or "AvgPool2d";

    /// <summary>The mean over seeds, with their standard deviation in small print where there are several.</summary>
    private static TableCell Mean<T>(IEnumerable<T> seeds, Func<T, double?> valueOf, Func<double?, TableCell> cellOf)
    {
        List<double> values = [.. seeds.Select(valueOf).OfType<double>()];
        if (values.Count == 0)
        {
            return TableCell.None;
        }

        var mean = new SeedMean(values);
        return mean.Spread is { } spread ? cellOf(mean.Mean) with { Note = $"± {cellOf(spread).Text}", Details = [("spread", cellOf(spread).Value)] } : cellOf(mean.Mean);
    }

    private static IReadOnlyList<TableCell> Row(PooledCells cells) => [cells.Network.Name, cells.DataSet.Name, cells.SeedNames, cells.Protocol];

    /// <summary>Every network under every protocol: the operations of each seed that was looked into.</summary>
    private static IEnumerable<(PooledCells Cells, IReadOnlyList<IReadOnlyList<OperationResult>> Seeds)> Pooled(CampaignResults results) =>
        from cells in PooledCells.Of(results)
        let seeds = cells.Seeds.Select(seed => seed.Gradient()?.Operations).OfType<IReadOnlyList<OperationResult>>().ToList()
        where seeds.Count > 0
        select (cells, (IReadOnlyList<IReadOnlyList<OperationResult>>)seeds);
}
