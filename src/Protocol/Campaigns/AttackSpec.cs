namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The attacks. All are bounded in the maximum norm; those that follow a gradient maximise the cross-entropy.</summary>
public enum AttackKind
{
    /// <summary>No attack: the clean images.</summary>
    None,

    /// <summary>Fast gradient sign method: one step of eps (Goodfellow et al., 2015).</summary>
    Fgsm,

    /// <summary>Iterated FGSM from the clean image (Kurakin et al., 2017).</summary>
    IteratedFgsm,

    /// <summary>Projected gradient descent from a random start in the eps ball (Madry et al., 2018).</summary>
    Pgd,

    /// <summary>Images drawn at random from the eps ball: what chance does within the budget.</summary>
    Noise,
}

/// <summary>An attack and its settings; the budget eps comes from the cell.</summary>
public sealed record AttackSpec
{
    /// <summary>The name the attack goes by in results.</summary>
    public required string Name { get; init; }

    /// <summary>Which attack.</summary>
    public AttackKind Kind { get; init; }

    /// <summary>Length of one step in units of 1/255; FGSM's step is eps itself.</summary>
    public double StepSize { get; init; } = 2.55;

    /// <summary>Steps.</summary>
    public int Iterations { get; init; } = 7;

    /// <summary>Independent random starts, or draws of noise; an image counts as correct only if it withstands all.</summary>
    public int Restarts { get; init; } = 1;
}
