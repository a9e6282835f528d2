using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>What each protocol measures on the same network, and how far that is from what strict measures.</summary>
internal static class ProtocolTable
{
    /// <summary>A row for each protocol, grouped by run and budget; empty where there is but one protocol.</summary>
    public static TextTable Of(CampaignResults results)
    {
        string[] attacks = [.. ProtocolCells.Of(results).SelectMany(cells => cells.Attacked).Select(cell => cell.Attack).Distinct()];
        var table = new TextTable(
        [
            "network", "data set", ">seed", "protocol", ">eps", ">clean %", ">±", .. attacks.SelectMany(attack => new[] { $">{attack} %", ">±" }), ">input zeros %",
        ]);
        foreach (var run in ProtocolCells.Of(results).GroupBy(cells => cells.RunName).Where(run => run.Count() > 1))
        {
            var reference = run.FirstOrDefault(cells => cells.Protocol == ProtocolSpec.Strict.Name) ?? run.First();
            foreach (var epsilon in run.SelectMany(cells => cells.Epsilons).Distinct().Order())
            {
                foreach (var cells in run)
                {
                    table.Add(Row(cells, reference, epsilon, attacks));
                }
            }
        }

        return table;
    }

    private static IEnumerable<string> Row(ProtocolCells cells, ProtocolCells reference, double epsilon, string[] attacks)
    {
        var pairs = attacks
            .Select(attack => (Mine: cells.Find(attack, epsilon)?.Accuracy, Reference: reference.Find(attack, epsilon)?.Accuracy))
            .Prepend((Mine: cells.Clean?.Accuracy, Reference: reference.Clean?.Accuracy));
        return
        [
            .. cells.Row,
            Numbers.Epsilon(epsilon),
            .. pairs.SelectMany(pair => new[] { Numbers.Percent(pair.Mine), cells == reference ? "" : Numbers.Points((pair.Mine - pair.Reference) * 100) }),
            Numbers.Percent(cells.Gradient(epsilon)?.InputGradient.ZeroFraction),
        ];
    }
}
