using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// An attack bounded by eps in the maximum norm, as a pure function from (image, gradient) to the next image; whoever
/// runs it supplies the gradients. Images are in [0, 1]. A new attack is one file beside this one and a line in
/// <see cref="Create"/>.
/// </summary>
/// <param name="epsilon">The budget in [0, 1].</param>
public abstract class Attack(double epsilon)
{
    /// <summary>The budget in [0, 1].</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>How many gradients it takes.</summary>
    public abstract int Iterations { get; }

    /// <summary>How often it starts afresh; an image must withstand every time.</summary>
    public virtual int Restarts => 1;

    /// <summary>Whether probes look on: nobody reads what they would see of a check.</summary>
    public bool IsProbed { get; private set; } = true;

    /// <summary>The attack a specification asks for; null for <see cref="AttackKind.None"/>. <see cref="AttackKind.Transfer"/> makes no images, and so is none of these: <see cref="TransferShard"/>.</summary>
    /// <param name="spec">Which attack and its settings.</param>
    /// <param name="epsilon">The budget in units of 1/255.</param>
    public static Attack? Create(AttackSpec spec, double epsilon)
    {
        Attack? attack = spec.Kind switch
        {
            AttackKind.None => null,
            AttackKind.Fgsm => new Fgsm(epsilon / 255),
            AttackKind.IteratedFgsm => new IteratedFgsm(epsilon / 255, spec.StepSize / 255, spec.Iterations),
            AttackKind.Pgd => new Pgd(epsilon / 255, spec.StepSize / 255, spec.Iterations, spec.Restarts),
            AttackKind.Noise => new Noise(epsilon / 255, spec.Restarts),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "no such attack"),
        };
        attack?.IsProbed = !CheckAttacks.IsCheck(spec);
        return attack;
    }

    /// <summary>Whether it starts at the clean images: its first gradient is then theirs, whatever the budget, and need not be taken again.</summary>
    public virtual bool StartsAtCleanImages => false;

    /// <summary>Where the attack starts: a new tensor of the clean images' shape [N, C, H, W].</summary>
    /// <param name="clean_NCHW">The clean images.</param>
    /// <param name="random">Each image's own randomness, by its place in the batch.</param>
    public virtual Tensor Start(Tensor clean_NCHW, Func<int, CounterRandom> random) => clean_NCHW.clone();

    /// <summary>The next images, from where the attack is and the loss's gradient there: a new tensor, all [N, C, H, W].</summary>
    public abstract Tensor Step(Tensor adversarial_NCHW, Tensor clean_NCHW, Tensor gradient_NCHW);

    /// <summary>One step of the given length along the gradient's sign, back into the eps ball around the clean images and into [0, 1].</summary>
    protected Tensor SignStep(Tensor from_NCHW, Tensor clean_NCHW, Tensor gradient_NCHW, double length)
    {
        // A network that has diverged gives no direction: such pixels stay where they are.
        using var direction = gradient_NCHW.nan_to_num(0);
        using var sign = direction.sign();
        using var moved = from_NCHW.add(sign, alpha: length);
        return Project(moved, clean_NCHW);
    }

    /// <summary>The nearest images in the eps ball around the clean ones and in [0, 1].</summary>
    protected Tensor Project(Tensor images_NCHW, Tensor clean_NCHW)
    {
        using var change = images_NCHW - clean_NCHW;
        change.clamp_(-Epsilon, Epsilon);
        var projected = clean_NCHW + change;
        return projected.clamp_(0, 1);
    }
}
