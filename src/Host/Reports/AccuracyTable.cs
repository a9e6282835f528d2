using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>The table everybody looks at first: clean accuracy, accuracy under each attack at each budget, zeros in the input gradient.</summary>
internal static class AccuracyTable
{
    public static TextTable Of(CampaignResults results)
    {
        string[] attacks = [.. ProtocolCells.Of(results).SelectMany(cells => cells.Attacked).Select(cell => cell.Attack).Distinct()];
        var table = new TextTable(
            ["network", "data set", ">seed", "protocol", ">clean %", ">eps", .. attacks.Select(attack => $">{attack} %"), ">input zeros %"]);
        foreach (var cells in ProtocolCells.Of(results))
        {
            AddBlock(table, cells, attacks);
        }

        return table;
    }

    /// <summary>A row for each budget; what they share stands in the first.</summary>
    private static void AddBlock(TextTable table, ProtocolCells cells, string[] attacks)
    {
        string[] shared =
        [
            cells.Run.Network.Name, cells.Run.Dataset.Name, Numbers.Plain(cells.Run.Seed), cells.Protocol, Numbers.Percent(cells.Clean?.Accuracy),
        ];
        if (cells.Epsilons.Count == 0)
        {
            table.Add([.. shared, Numbers.None, .. attacks.Select(_ => Numbers.None), Numbers.None]);
        }

        foreach (var epsilon in cells.Epsilons)
        {
            table.Add(
            [
                .. shared,
                Numbers.Epsilon(epsilon),
                .. attacks.Select(attack => Numbers.Percent(cells.Find(attack, epsilon)?.Accuracy)),
                Numbers.Percent(cells.Gradient(epsilon)?.InputGradient.ZeroFraction),
            ]);
            shared = ["", "", "", "", ""];
        }
    }
}
