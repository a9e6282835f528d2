using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>The quantities of the paper's theorems, as measured.</summary>
internal static class TheoremTables
{
    /// <summary>Theorem 4.1: 3 ≤ rho_adv / rho_rand ≤ 3 ‖g‖₀, and the ratio's first-order estimate. A row for each cell that measured it.</summary>
    public static TextTable Vulnerability(CampaignResults results)
    {
        var table = new TextTable(
            "network", "data set", ">seed", "protocol", "attack", ">eps", ">rho_adv", ">rho_rand", ">ratio", ">3 l1²/l2²", ">3 l0");
        foreach (var cells in ProtocolCells.Of(results))
        {
            foreach (var cell in cells.Attacked)
            {
                if (cell.Vulnerability is { } measured)
                {
                    table.Add(
                    [
                        .. cells.Row,
                        cell.Attack,
                        Numbers.Epsilon(cell.Epsilon),
                        TableCell.Norm(measured.Adversarial),
                        TableCell.Norm(measured.Random),
                        TableCell.Norm(measured.Ratio),
                        Rounded(measured.FirstOrderRatio),
                        Rounded(measured.UpperBound),
                    ]);
                }
            }
        }

        return table;
    }

    /// <summary>Theorem 4.4: how dense the gradients of weights are beside those of their operations' inputs and outputs; means over convolutions.</summary>
    public static TextTable Density(CampaignResults results)
    {
        var table = new TextTable(
            "network", "data set", ">seed", "protocol", ">input gradient %", ">output gradient %", ">weight gradient %");
        foreach (var cells in ProtocolCells.Of(results))
        {
            if (cells.Gradient() is { } cell && Convolutions(cell).ToList() is { Count: > 0 } convolutions)
            {
                table.Add(
                [
                    .. cells.Row,
                    TableCell.Percent(convolutions.Average(pair => 1 - pair.Operation.InputZeroFraction)),
                    TableCell.Percent(convolutions.Average(pair => 1 - pair.Operation.OutputZeroFraction)),
                    TableCell.Percent(convolutions.Average(pair => 1 - pair.Weight.ZeroFraction)),
                ]);
            }
        }

        return table;
    }

    private static TableCell Rounded(double? value) => value is { } known ? new(Numbers.Count((long)Math.Round(known)), known) : TableCell.None;

    private static IEnumerable<(OperationResult Operation, WeightGradientResult Weight)> Convolutions(CellResult cell) =>
        from operation in cell.Operations
        where operation.Kind == "Conv2d"
        from weight in cell.WeightGradients
        where weight.Key == $"{operation.Module}.weight"
        select (operation, weight);
}
