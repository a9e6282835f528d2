using System.Text.Json.Serialization;

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

    /// <summary>The images that an attack on another network of the campaign made: what can be done without this network's gradient.</summary>
    Transfer,
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

    /// <summary>The network whose images are shown: <see cref="AttackKind.Transfer"/> alone has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>The attack on <see cref="From"/> that makes them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attack { get; init; }

    /// <summary>Whether it takes the gradients of the network that it attacks.</summary>
    public bool TakesGradients => Kind is AttackKind.Fgsm or AttackKind.IteratedFgsm or AttackKind.Pgd;

    /// <summary>The images that an attack makes on another network: as many an image as it has starts, all of which an image has to withstand.</summary>
    /// <param name="name">The name it goes by.</param>
    /// <param name="from">The other network.</param>
    /// <param name="attack">The attack on it.</param>
    public static AttackSpec Transfer(string name, string from, AttackSpec attack) => new()
    {
        Name = name,
        Kind = AttackKind.Transfer,
        StepSize = 0,
        Iterations = 0,
        Restarts = attack.Restarts,
        From = from,
        Attack = attack.Name,
    };

    /// <summary>The strongest of some attacks that take gradients, as far as their settings tell: that with most steps; null where there is none.</summary>
    public static AttackSpec? Strongest(IEnumerable<AttackSpec> attacks) =>
        attacks.Where(attack => attack.TakesGradients).MaxBy(attack => attack.Kind == AttackKind.Fgsm ? 1 : (long)attack.Iterations * attack.Restarts);
}
