namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// What is asked once for all cells of a slice: of the clean images their gradient and prediction, and for theorem 4.1 also
/// the predictions of images moved at random within each budget. A code that draws at random shows all these with what it drew
/// for the attacked image, afresh for every number of steps an attack has; any other code shows them once.
/// </summary>
/// <param name="setting">On what, and by which rules.</param>
/// <param name="attacks">The cells' attacks, null for none.</param>
internal sealed class SharedNeeds(TestSetting setting, IReadOnlyList<Attack?> attacks)
{
    /// <summary>The draw of attacks' first steps.</summary>
    public const int FirstDraw = 0;

    private readonly int _samples = setting.Probes.RandomPerturbations;
    private readonly bool _codeDraws = AttackSpace.DrawsCode(setting);

    /// <summary>Whether the clean images are a cell themselves.</summary>
    public bool CleanCell { get; } = attacks.Contains(null);

    /// <summary>The attacks.</summary>
    public IReadOnlyList<Attack> Attacks { get; } = [.. attacks.OfType<Attack>()];

    /// <summary>The draws of the code with which theorem 4.1 wants the clean images.</summary>
    public IReadOnlyList<int> Draws => [.. Budgets.Select(budget => budget.Draw).Distinct()];

    /// <summary>The budgets within which images are moved at random, each with the draws of the code it is wanted with.</summary>
    public IReadOnlyList<(double Epsilon, int Draw)> Budgets => _samples == 0 ? [] : [.. Attacks.Where(attack => attack.IsProbed).Select(BudgetOf).Distinct()];

    /// <summary>Whether anybody wants the clean images' gradient as attacks see it in their first step.</summary>
    public bool CleanGradient => CleanCell || Attacks.Any(attack => attack.StartsAtCleanImages) || Draws.Contains(FirstDraw);

    /// <summary>Whether the clean images have to be predicted, because the pass of their gradient does not do it by the protocol's rule.</summary>
    public bool CleanPrediction =>
        (CleanCell || Draws.Contains(FirstDraw)) && setting.Protocol.AttackStatistics != setting.Protocol.PredictionStatistics;

    /// <summary>Image passes that one image takes.</summary>
    public long CostPerImage =>
        (CleanGradient ? 3 : 0) + (CleanPrediction ? 1 : 0)
        + Attacks.Sum(attack => attack.Restarts * (3L * attack.Iterations + 1) - (attack.StartsAtCleanImages ? 3 : 0))
        + Draws.Count(draw => draw != FirstDraw) * 4 + (long)Budgets.Count * _samples;

    /// <summary>The budget and the draw of the code with which an attack is held against chance.</summary>
    public (double Epsilon, int Draw) BudgetOf(Attack attack) => (attack.Epsilon, _codeDraws ? attack.Iterations : FirstDraw);
}
