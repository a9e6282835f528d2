using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>A reason not to take an accuracy under attack for robustness.</summary>
/// <param name="Where">The run and the protocol.</param>
/// <param name="What">What the numbers show.</param>
/// <param name="Meaning">What that may mean.</param>
internal sealed record AttackDoubt(string Where, string What, string Meaning);

/// <summary>
/// Looks for the signs by which the robustness literature tells a strong network from a weak attack (Athalye et al., 2018:
/// "Obfuscated gradients give a false sense of security"). Spiking networks earn the suspicion: their gradients are
/// surrogates, and mostly zero.
/// </summary>
internal static class AttackDoubts
{
    /// <summary>How far PGD may lie above FGSM before it counts: 2 points, which chance explains on small test sets.</summary>
    public const double PgdSlack = 0.02;

    public static IReadOnlyList<AttackDoubt> Find(CampaignResults results) =>
        [.. ProtocolCells.Of(results).SelectMany(cells => IteratedWeakerThanSingleStep(cells).Concat(BudgetWithoutEffect(cells)).Concat(NoGradient(cells)))];

    private static IEnumerable<AttackDoubt> IteratedWeakerThanSingleStep(ProtocolCells cells) =>
        from iterated in cells.Attacked
        where !ProtocolCells.IsSingleStep(iterated)
        let single = cells.Attacked.FirstOrDefault(cell => ProtocolCells.IsSingleStep(cell) && cell.Epsilon == iterated.Epsilon)
        where single is not null && iterated.Accuracy - single.Accuracy > PgdSlack
        select Doubt(
            cells,
            $"at eps {Numbers.Epsilon(iterated.Epsilon)}, {iterated.Attack} leaves {Numbers.PercentSign(iterated.Accuracy)} and {single.Attack} only {Numbers.PercentSign(single.Accuracy)}",
            "Many steps should do at least what one does. The gradient may be masked, so that following it leads nowhere, the steps may be too short, or "
            + "the attack may be defective. The true robustness is at most that of the stronger attack.");

    /// <summary>Each attack's accuracies in the order of the budgets, the clean images first: every step must go down.</summary>
    private static IEnumerable<AttackDoubt> BudgetWithoutEffect(ProtocolCells cells)
    {
        foreach (var attack in cells.Attacked.GroupBy(cell => cell.Attack))
        {
            var before = cells.Clean;
            foreach (var cell in attack.OrderBy(cell => cell.Epsilon))
            {
                if (before is not null && cell.Accuracy >= before.Accuracy && before.Accuracy > Chance(cells.Run))
                {
                    yield return Doubt(
                        cells,
                        $"under {cell.Attack} accuracy does not fall from {(before == cells.Clean ? "the clean images" : $"eps {Numbers.Epsilon(before.Epsilon)}")} "
                        + $"({Numbers.PercentSign(before.Accuracy)}) to eps {Numbers.Epsilon(cell.Epsilon)} ({Numbers.PercentSign(cell.Accuracy)})",
                        "Whoever may change an image more can do more harm. The attack does not use its budget: a masked gradient, "
                        + "a step too long for the network's curvature (FGSM at large budgets), or a defect.");
                }

                before = cell;
            }
        }
    }

    // At and below chance there is nothing left to take away.
    private static double Chance(RunResult run) => 1.0 / run.Dataset.Classes;

    /// <summary>One doubt for each attack: the budget at which most images have no gradient.</summary>
    private static IEnumerable<AttackDoubt> NoGradient(ProtocolCells cells) =>
        from attack in cells.Attacked.GroupBy(cell => cell.Attack)
        let worst = attack.MaxBy(cell => cell.InputGradient.AllZeroImages)
        where worst.InputGradient.AllZeroImages > 0
        select Doubt(
            cells,
            $"under {worst.Attack} at eps {Numbers.Epsilon(worst.Epsilon)}, {Numbers.Count(worst.InputGradient.AllZeroImages)} of "
            + $"{Numbers.Count(worst.Total, "image", "images")} ({Numbers.PercentSign((double)worst.InputGradient.AllZeroImages / worst.Total)}) have an all-zero gradient",
            "A gradient attack cannot aim at these images; those classified correctly count as robust without having been tried. The gradient vanishes on "
            + "its way to the input: the surrogate is too narrow, neurons are silent, the loss is saturated, or a layer cuts the graph (a defect).");

    private static AttackDoubt Doubt(ProtocolCells cells, string what, string meaning) => new($"{cells.RunName}, {cells.Protocol}", what, meaning);
}
