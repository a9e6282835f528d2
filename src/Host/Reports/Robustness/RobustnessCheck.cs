using SpikeTrail.Host.Reports.Robustness.Checks;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>
/// One of the checks by which the field tells a strong network from a weak attack (Athalye et al., 2018: "Obfuscated gradients give a false
/// sense of security"; Carlini et al., 2019: "On evaluating adversarial robustness"; Croce et al., 2022: "Evaluating the adversarial robustness of adaptive test-time defenses").
/// Spiking networks earn the suspicion: their gradients are surrogates, and mostly zero. A new check is a file in Checks and a line in <see cref="All"/>.
/// </summary>
/// <param name="name">What holds where it passes.</param>
internal abstract class RobustnessCheck(string name)
{
    /// <summary>Up to this many times chance, an accuracy counts as chance.</summary>
    public const double NearChance = 1.5;

    /// <summary>What differs by less is one number: a point of accuracy, of all images one in a hundred.</summary>
    public const double Slack = 0.01;

    /// <summary>All checks, in the order in which a report shows them.</summary>
    public static IReadOnlyList<RobustnessCheck> All { get; } =
    [
        new LossesAreNumbers(),
        new NetworkHasLearnt(),
        new EnoughImages(),
        new ImagesHaveGradients(),
        new AttackIterates(),
        new ManyStepsDoWhatOneDoes(),
        new MoreBudgetDoesMore(),
        new LossClimbs(),
        new InferenceRepeats(),
        new ChanceDoesLess(),
        new TransferDoesLess(),
        new MoreStepsFindNoMore(),
        new MoreStartsFindNoMore(),
        new UnboundedWins(),
    ];

    /// <summary>What holds where it passes.</summary>
    public string Name => name;

    /// <summary>Looks at one network under one protocol whose losses are numbers and that was attacked.</summary>
    public abstract CheckResult Judge(ProtocolCells cells);

    /// <summary>Why an attack of the checks was not measured.</summary>
    protected static CheckResult NoCheckCell(ProtocolCells cells) =>
        cells.Rules is { Contaminate: true } ? CheckResult.NotMeasured("attacks under this protocol change the network that the next one finds")
        : cells.Run.Checks is null ? CheckResult.NotMeasured("the campaign did not ask for checks")
        : CheckResult.NotMeasured("not measured yet");

    /// <summary>Such as <c>21 of 2,000 images (1.05 %)</c>.</summary>
    protected static string Share(int some, int of) => $"{Numbers.Count(some)} of {Numbers.Count(of, "image", "images")} ({Numbers.PercentSign((double)some / of)})";

    /// <summary>Such as <c>21 of 2,000 images (1.05 %) that fgsm and pgd lose</c>.</summary>
    protected static string Overlooked(OverlookedImages images) =>
        $"{Share(images.Images, images.Winner.Total)} that {Names(images.Attacks)} {(images.Attacks.Select(cell => cell.Attack).Distinct().Count() == 1 ? "loses" : "lose")}";

    protected static string Names(IEnumerable<CellResult> cells) => string.Join(" and ", cells.Select(cell => cell.Attack).Distinct());

    // Of a damaged results.json the classes may not be known.
    protected static double Chance(ProtocolCells cells) => cells.Run.Dataset.Classes == 0 ? 0 : 1.0 / cells.Run.Dataset.Classes;
}
