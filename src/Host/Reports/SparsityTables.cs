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
            .. Measured(results).SelectMany(row => row.Operations.Index())
                .GroupBy(operation => operation.Item.Kind)
                .OrderBy(kind => kind.Min(operation => operation.Index))
                .Select(kind => kind.Key),
        ];
        var table = new TextTable(["network", "data set", ">seed", "protocol", .. kinds.Select(kind => $">{kind} %")]);
        foreach (var (cells, operations) in Measured(results))
        {
            var means = operations.GroupBy(operation => operation.Kind)
                .ToDictionary(group => group.Key, group => group.Average(operation => operation.InputZeroFraction));
            table.Add([.. cells.Row, .. kinds.Select(kind => TableCell.Percent(means.TryGetValue(kind, out var mean) ? mean : null))]);
        }

        return table;
    }

    /// <summary>The stem's pool alone, on both of its sides.</summary>
    public static TextTable StemPool(CampaignResults results)
    {
        var table = new TextTable(
            "network", "data set", ">seed", "protocol", "module", "kind", ">input side %", ">output side %", ">mean of both %", ">input norm");
        foreach (var (cells, operations) in Measured(results))
        {
            if (operations.FirstOrDefault(IsStemPool) is { } pool)
            {
                table.Add(
                [
                    .. cells.Row,
                    pool.Module,
                    pool.Kind,
                    TableCell.Percent(pool.InputZeroFraction),
                    TableCell.Percent(pool.OutputZeroFraction),
                    TableCell.Percent((pool.InputZeroFraction + pool.OutputZeroFraction) / 2),
                    TableCell.Norm(pool.InputNorm),
                ]);
            }
        }

        return table;
    }

    // The pool before the readout is adaptive: these two kinds occur in the stem only.
    private static bool IsStemPool(OperationResult operation) => operation.Kind is "MaxPool2d" or "AvgPool2d";

    private static IEnumerable<(ProtocolCells Cells, IReadOnlyList<OperationResult> Operations)> Measured(CampaignResults results) =>
        from cells in ProtocolCells.Of(results)
        let gradient = cells.Gradient()
        where gradient is not null
        select (cells, gradient.Operations);
}
