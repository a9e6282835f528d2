using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>A reason not to take an accuracy under attack for robustness.</summary>
/// <param name="Where">The run and the protocol.</param>
/// <param name="What">What the numbers show.</param>
/// <param name="Meaning">What that means, as far as these numbers decide it.</param>
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

    /// <summary>The share of images without any gradient above which a sign is put down to a masked gradient.</summary>
    public const double MaskedImages = 0.01;

    /// <summary>The share of exact zeros in the input gradient above which a sign is put down to a masked gradient.</summary>
    public const double MaskedGradient = 0.5;

    /// <summary>How few of a shorter step's bit flips a longer one may make before a sign is put down to the phase code.</summary>
    public const double FewerBitsShare = 0.9;

    /// <summary>Up to this many times chance, clean accuracy counts as none.</summary>
    public const double NearChance = 1.5;

    private static readonly string PixelDomain = SpecNames.Of(AttackDomain.Pixels);

    private const string Masked =
        "The gradient of these images points to masking: where it is exactly zero an attack that follows it cannot aim. The accuracy shows that the "
        + "gradient is missing, not that the network withstands.";

    private const string Undecided =
        "These results alone do not decide between a too weak attack (few or short steps; a single step may also overshoot), a noisy surrogate gradient "
        + "and a defect. A stronger attack would: `spiketrail run CAMPAIGN --out NEW-FOLDER --set 'campaign.attacks=[{ kind = pgd, iterations = 50, restarts = 5 }]'`. "
        + "If accuracy falls, the attack was too weak; if not, look at the gradient.";

    private const string MaskedByCode =
        "That is a masked gradient, not a defect: the straight-through gradient cannot see which bits a step flips, and a longer step flips fewer spikes. "
        + "The larger budget contains the smaller one, so the true robustness at it is at most the lowest accuracy at any smaller budget.";

    private const string DoesNotClimb = "A loss that falls as the budget grows says that the attack does not climb what it follows.";

    private const string Disagree =
        "Loss and accuracy disagree: the attack raises the mean loss without winning more images, so its gain lies on images that were lost anyway.";

    private const string Diverged =
        "The training diverged, or the network overflows: accuracies, gradients and zeros of this run mean nothing. "
        + "Train again with a smaller campaign.training.optimizer.learning-rate.";

    public static IReadOnlyList<AttackDoubt> Find(CampaignResults results) =>
        [.. results.Runs.SelectMany(DivergedTraining), .. ProtocolCells.Of(results).SelectMany(Signs)];

    // Where losses are no numbers, no other sign can be read.
    private static IEnumerable<AttackDoubt> Signs(ProtocolCells cells) => cells.Cells.All(cell => double.IsFinite(cell.Loss))
        ? AtChance(cells).Concat(IteratedWeakerThanSingleStep(cells)).Concat(BudgetWithoutEffect(cells)).Concat(NoGradient(cells)).Concat(GradientIsNoNumber(cells)).Concat(VanishingGradient(cells))
        : DivergedCells(cells);

    private static IEnumerable<AttackDoubt> DivergedTraining(RunResult run) =>
        from epoch in run.Epochs.Where(epoch => !double.IsFinite(epoch.TrainingLoss)).Take(1)
        select new AttackDoubt(ProtocolCells.NameOf(run), $"the training loss of epoch {Numbers.Plain(epoch.Epoch)} is {NotFinite(epoch.TrainingLoss)}", Diverged);

    private static IEnumerable<AttackDoubt> DivergedCells(ProtocolCells cells)
    {
        var diverged = cells.Cells.Where(cell => !double.IsFinite(cell.Loss)).ToList();
        var first = diverged[0];
        yield return Doubt(
            cells,
            $"the loss {(first == cells.Clean ? "of the clean images" : $"under {first.Attack} at eps {Numbers.Epsilon(first.Epsilon)}")} is {NotFinite(first.Loss)}, "
            + $"and {Numbers.Count(diverged.Count)} of {Numbers.Count(cells.Cells.Count, "loss is", "losses are")} not finite",
            Diverged);
    }

    private static IEnumerable<AttackDoubt> IteratedWeakerThanSingleStep(ProtocolCells cells) =>
        from iterated in cells.Attacked
        where !ProtocolCells.IsSingleStep(iterated)
        let single = cells.Attacked.FirstOrDefault(cell => ProtocolCells.IsSingleStep(cell) && cell.Epsilon == iterated.Epsilon)
        where single is not null && iterated.Accuracy - single.Accuracy > PgdSlack
        let loss = iterated.Loss > single.Loss
            ? new Evidence($"its loss is higher all the same, {Numbers.Loss(iterated.Loss)} against {Numbers.Loss(single.Loss)}", Disagree)
            : null
        select Explained(
            cells,
            $"at eps {Numbers.Epsilon(iterated.Epsilon)}, {iterated.Attack} leaves {Numbers.PercentSign(iterated.Accuracy)} and {single.Attack} only {Numbers.PercentSign(single.Accuracy)}",
            "Many steps should do at least what one does; the true robustness is at most what the stronger attack leaves.",
            iterated,
            loss);

    /// <summary>Each attack's accuracies in the order of the budgets, the clean images first: every step must go down.</summary>
    private static IEnumerable<AttackDoubt> BudgetWithoutEffect(ProtocolCells cells)
    {
        foreach (var attack in cells.Attacked.GroupBy(cell => cell.Attack))
        {
            var before = cells.Clean;
            foreach (var cell in attack.OrderBy(cell => cell.Epsilon))
            {
                // What moved the statistics differs from budget to budget: strictly, each measures another network.
                if (cells.Rules is not { Contaminate: true } && before is not null && cell.Accuracy >= before.Accuracy && before.Accuracy > Chance(cells.Run))
                {
                    yield return Explained(
                        cells,
                        $"under {cell.Attack} accuracy does not fall from {(before == cells.Clean ? "the clean images" : $"eps {Numbers.Epsilon(before.Epsilon)}")} "
                        + $"({Numbers.PercentSign(before.Accuracy)}) to eps {Numbers.Epsilon(cell.Epsilon)} ({Numbers.PercentSign(cell.Accuracy)})",
                        "Whoever may change an image more can do more harm; this attack does not use its budget.",
                        cell,
                        LossOverBudgets(before, cell),
                        before == cells.Clean ? null : FewerBits(cells, before, cell));
                }

                before = cell;
            }
        }
    }

    /// <summary>In a phase code a longer step may change fewer bits, and so fewer spikes: then a single step is weaker with more budget.</summary>
    private static Evidence? FewerBits(ProtocolCells cells, CellResult before, CellResult cell)
    {
        if (cells.Run.Dataset.Encoder != "phase" || cells.Rules?.AttackDomain != PixelDomain || !ProtocolCells.IsSingleStep(cell))
        {
            return null;
        }

        var (shorter, longer) = (PhaseCodeSteps.FlippedBits(before.Epsilon), PhaseCodeSteps.FlippedBits(cell.Epsilon));
        return longer > FewerBitsShare * shorter
            ? null
            : new(
                $"in the phase code a step of {Numbers.Epsilon(cell.Epsilon)}/255 flips {Numbers.Bits(longer)} of a byte's 8 bits on average, one of "
                + $"{Numbers.Epsilon(before.Epsilon)}/255 flips {Numbers.Bits(shorter)}",
                MaskedByCode);
    }

    /// <summary>A network that tells classes apart hardly better than by chance, so that no attack has anything to take away.</summary>
    private static IEnumerable<AttackDoubt> AtChance(ProtocolCells cells)
    {
        if (cells.Clean is { } clean && cells.Attacked.Any() && clean.Accuracy <= NearChance * Chance(cells.Run))
        {
            yield return Doubt(
                cells,
                $"clean accuracy is {Numbers.PercentSign(clean.Accuracy)}, chance {Numbers.PercentSign(Chance(cells.Run))}",
                "Robustness cannot be judged on a network that has learnt next to nothing: train it longer.");
        }
    }

    private static Evidence? LossOverBudgets(CellResult before, CellResult cell)
    {
        var fromTo = $"from {Numbers.Loss(before.Loss)} to {Numbers.Loss(cell.Loss)}";
        return cell.Loss.CompareTo(before.Loss) switch
        {
            < 0 => new($"the loss falls {fromTo}", DoesNotClimb),
            > 0 => new($"the loss rises all the same, {fromTo}", Disagree),
            _ => null,
        };
    }

    // At and below chance there is nothing left to take away.
    private static double Chance(RunResult run) => run.Dataset.Classes == 0 ? 0 : 1.0 / run.Dataset.Classes;

    /// <summary>One doubt for each attack: the budget at which most images have no gradient.</summary>
    private static IEnumerable<AttackDoubt> NoGradient(ProtocolCells cells) =>
        from attack in cells.Attacked.GroupBy(cell => cell.Attack)
        let worst = attack.MaxBy(cell => cell.InputGradient.AllZeroImages)
        where worst.InputGradient.AllZeroImages > 0
        select Doubt(
            cells,
            $"under {worst.Attack} at eps {Numbers.Epsilon(worst.Epsilon)}, {ImagesWithoutGradient(worst)} have an all-zero gradient",
            "A gradient attack cannot aim at these images; those classified correctly count as robust without having been tried. The gradient vanishes on "
            + "its way to the input: the surrogate is too narrow, neurons are silent, the loss is saturated, or a layer cuts the graph (a defect).");

    /// <summary>A gradient that is no number has no zeros either, and moves no attack: one doubt for each attack.</summary>
    private static IEnumerable<AttackDoubt> GradientIsNoNumber(ProtocolCells cells) =>
        from attack in cells.Attacked.GroupBy(cell => cell.Attack)
        let worst = attack.FirstOrDefault(cell => !double.IsFinite(cell.InputGradient.L2))
        where worst is not null
        select Doubt(
            cells,
            $"under {worst.Attack} at eps {Numbers.Epsilon(worst.Epsilon)} the input gradient is not finite, though the loss is",
            "An attack cannot follow such a gradient: the accuracy was not tried, and its share of zeros means nothing. The network overflows, or its weights are damaged "
            + "(a running variance below 0, say).");

    /// <summary>Images at which the published attack would have stopped: one doubt for each attack.</summary>
    private static IEnumerable<AttackDoubt> VanishingGradient(ProtocolCells cells) =>
        from attack in cells.Attacked.GroupBy(cell => cell.Attack)
        let worst = attack.MaxBy(cell => cell.InputGradient.VanishingImages)
        where cells.Rules?.AttackDomain != PixelDomain && !ProtocolCells.IsSingleStep(worst) && worst.InputGradient.VanishingImages > worst.InputGradient.AllZeroImages
        select Doubt(
            cells,
            $"under {worst.Attack} at eps {Numbers.Epsilon(worst.Epsilon)}, {Numbers.Count(worst.InputGradient.VanishingImages)} of "
            + $"{Numbers.Count(worst.Total, "image", "images")} had a gradient shorter than 1e-6, or one that is no number, at some step",
            "The published PGD stops its whole run at such a gradient; here these images are attacked all the same, with the sign of what gradient there is.");

    /// <summary>A sign with what the cell says about its cause: a masked gradient, or that more has to be measured.</summary>
    private static AttackDoubt Explained(ProtocolCells cells, string sign, string meaning, CellResult cell, Evidence? loss, Evidence? code = null)
    {
        var masking = Masking(cell).ToList();
        List<string?> what = [sign, .. masking, loss?.Numbers, code?.Numbers];
        List<string?> means = [meaning, loss?.Meaning, code?.Meaning ?? (masking.Count > 0 ? Masked : Undecided)];
        return Doubt(cells, string.Join("; ", what.OfType<string>()), string.Join(' ', means.OfType<string>()));
    }

    private static IEnumerable<string> Masking(CellResult cell)
    {
        if (cell.InputGradient.AllZeroImages > MaskedImages * cell.Total)
        {
            yield return $"{ImagesWithoutGradient(cell)} have no gradient at all";
        }

        if (cell.InputGradient.ZeroFraction > MaskedGradient)
        {
            yield return $"{Numbers.PercentSign(cell.InputGradient.ZeroFraction)} of the input gradient are exactly zero";
        }
    }

    private static string ImagesWithoutGradient(CellResult cell) =>
        $"{Numbers.Count(cell.InputGradient.AllZeroImages)} of {Numbers.Count(cell.Total, "image", "images")} "
        + $"({Numbers.PercentSign((double)cell.InputGradient.AllZeroImages / cell.Total)})";

    private static string NotFinite(double loss) => loss.ToString(CultureInfo.InvariantCulture);

    private static AttackDoubt Doubt(ProtocolCells cells, string what, string meaning) => new($"{cells.RunName}, {cells.Protocol}", what, meaning);

    /// <summary>What the losses add to a sign.</summary>
    private sealed record Evidence(string Numbers, string Meaning);
}
