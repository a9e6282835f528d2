using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>The cells of one run under one protocol: what can be compared with each other.</summary>
/// <param name="Run">The run.</param>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Rules">The protocol's settings, where the results know them.</param>
/// <param name="Cells">The cells.</param>
internal sealed record ProtocolCells(RunResult Run, string Protocol, ProtocolSection? Rules, IReadOnlyList<CellResult> Cells)
{
    /// <summary>What of the run or of its protocol could not be read: something else may stand in its place. Null where all could.</summary>
    public Gap? Damage { get; init; }

    /// <summary>How many networks the campaign has.</summary>
    public int Networks { get; init; } = 1;

    /// <summary>The run's name, as it stands in the journal: <c>sew-resnet18/cifar-10/3407</c>.</summary>
    public string RunName => NameOf(Run);

    /// <summary>The first cells of its row in most tables: network, data set, seed, protocol.</summary>
    public IReadOnlyList<string> Row => [Run.Network.Name, Run.Dataset.Name, Numbers.Plain(Run.Seed), Protocol];

    public CellResult? Clean => Cells.FirstOrDefault(cell => cell.Attack == CampaignPlan.Clean.Name);

    public IEnumerable<CellResult> Attacked => Cells.Where(cell => cell.Attack != CampaignPlan.Clean.Name);

    /// <summary>What the checks' attacks measured, which belongs in no table of accuracies.</summary>
    public IEnumerable<CellResult> Checks => (Run.Checks ?? []).Where(cell => cell.Protocol == Protocol);

    public IReadOnlyList<double> Epsilons => [.. Attacked.Select(cell => cell.Epsilon).Distinct().Order()];

    /// <summary>The share of exact zeros in the input gradient at the smallest budget; null where it was not measured.</summary>
    public double? InputZeros => Epsilons is [var smallest, ..] ? Gradient(smallest)?.InputGradient.ZeroFraction : null;

    public CellResult? Find(string attack, double epsilon) =>
        Cells.FirstOrDefault(cell => cell.Attack == attack && cell.Epsilon == epsilon);

    public CellResult? Check(string attack, double epsilon) =>
        Checks.FirstOrDefault(cell => cell.Attack == attack && cell.Epsilon == epsilon);

    /// <summary>The mean losses along an attack, as far as they compare: a prediction on other statistics than the gradients were taken with is another network's.</summary>
    public IReadOnlyList<double> LossesAlong(CellResult cell)
    {
        var losses = cell.Course?.Losses ?? [];
        return losses.Count > 0 && Rules is not null && Rules.AttackBatchNorm != Rules.PredictionBatchNorm ? [.. losses.SkipLast(1)] : losses;
    }

    /// <summary>
    /// The cell whose gradient stands for a budget. FGSM's where there is one: it is taken at the image itself, and so
    /// does not depend on a random start.
    /// </summary>
    public CellResult? Gradient(double epsilon)
    {
        var candidates = Attacked.Where(cell => cell.Epsilon == epsilon).ToList();
        return candidates.FirstOrDefault(IsSingleStep) ?? candidates.FirstOrDefault(cell => cell.Iterations > 0);
    }

    /// <summary>The cell whose gradient stands for the run: that of the smallest budget that looked into the operations.</summary>
    public CellResult? Gradient() =>
        Epsilons.Select(Gradient).FirstOrDefault(cell => cell is { Operations.Count: > 0 });

    /// <summary>Whether a cell's attack is one step as long as the budget: FGSM, under whatever name. It has no step size of its own.</summary>
    public static bool IsSingleStep(CellResult cell) => cell is { Iterations: 1, StepSize: 0 };

    /// <summary>A cell's accuracy from its counts: in a damaged file the share itself may be lost.</summary>
    public static double AccuracyOf(CellResult cell) => (double)cell.Correct / cell.Total;

    public static string NameOf(RunResult run) => $"{run.Network.Name}/{run.Dataset.Name}/{Numbers.Plain(run.Seed)}";

    /// <summary>All runs by protocol, in the order of the results.</summary>
    public static IEnumerable<ProtocolCells> Of(CampaignResults results, params IReadOnlyList<Gap> gaps) =>
        from run in results.Runs.Index()
        let damage = gaps.FirstOrDefault(gap => gap.Run == run.Index || gap.Path == "$.campaign" || gap.Path.StartsWith("$.campaign.protocols", StringComparison.Ordinal))
        from cells in run.Item.Cells.GroupBy(cell => cell.Protocol)
        select new ProtocolCells(run.Item, cells.Key, results.Campaign.Protocols.FirstOrDefault(protocol => protocol.Name == cells.Key), [.. cells])
        {
            Damage = damage,
            Networks = results.Runs.Select(other => other.Network.Name).Distinct().Count(),
        };
}
