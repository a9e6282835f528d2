using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>An attack at a budget, which is a column in tables of accuracies; the clean images are the attack none at 0.</summary>
/// <param name="Attack">The attack's name.</param>
/// <param name="Epsilon">The budget in units of 1/255.</param>
internal readonly record struct AttackBudget(string Attack, double Epsilon)
{
    public static AttackBudget Clean { get; } = new(CampaignPlan.Clean.Name, 0);

    /// <summary>The column's title: <c>clean</c>, <c>pgd 8</c>.</summary>
    public string Title => this == Clean ? "clean" : $"{Attack} {Numbers.Epsilon(Epsilon)}";

    /// <summary>All that were measured: the clean images, then each attack in the order of the results, its budgets from small to large.</summary>
    public static IReadOnlyList<AttackBudget> Of(IEnumerable<PooledCells> rows) =>
    [
        Clean,
        .. from cell in rows.SelectMany(row => row.Seeds).SelectMany(seed => seed.Attacked)
           group cell.Epsilon by cell.Attack into attack
           from epsilon in attack.Distinct().Order()
           select new AttackBudget(attack.Key, epsilon),
    ];
}

/// <summary>A network on a data set under a protocol, with all its seeds: a row in tables of accuracies.</summary>
/// <param name="Seeds">Its cells, seed by seed; at least one.</param>
internal sealed record PooledCells(IReadOnlyList<ProtocolCells> Seeds)
{
    public NetworkSection Network => Seeds[0].Run.Network;

    public DataSetSection DataSet => Seeds[0].Run.Dataset;

    public string Protocol => Seeds[0].Protocol;

    /// <summary>What it is called in <see cref="ShareTable.Titles"/>.</summary>
    public IReadOnlyList<string> Names => [Network.Name, Network.Pool, DataSet.Name, Protocol, SeedNames];

    /// <summary>Its seeds: <c>0, 1, 2</c>.</summary>
    public string SeedNames => string.Join(", ", Seeds.Select(seed => Numbers.Plain(seed.Run.Seed)));

    /// <summary>All rows, in the order of the results.</summary>
    public static IEnumerable<PooledCells> Of(CampaignResults results) =>
        from cells in ProtocolCells.Of(results)
        group cells by (cells.Run.Network.Name, cells.Run.Dataset.Name, cells.Protocol) into seeds
        select new PooledCells([.. seeds]);

    /// <summary>What all seeds classified correctly in a column; null where none was measured.</summary>
    public PooledShare? Share(AttackBudget column)
    {
        List<SeedShare> shares =
        [
            .. from seed in Seeds
               let cell = seed.Find(column.Attack, column.Epsilon)
               where cell is not null
               select new SeedShare(seed.Run.Seed, cell.Correct, cell.Total),
        ];
        return shares.Count == 0 ? null : new(Network.Name, shares);
    }

    /// <summary>The share of exact zeros in the input gradient at the smallest budget, averaged over seeds; null where it was not measured.</summary>
    public double? InputZeros => Seeds.Average(seed => seed.InputZeros);
}
