using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Telemetry;

/// <summary>
/// What a probe saw at one operation in one backward pass, or summed over passes: exact zeros in the gradient with
/// respect to the operation's input and output, and L2 norms.
/// </summary>
/// <param name="Module">State-dict style name of the module, such as <c>layer1.0.conv1</c>.</param>
/// <param name="Kind">Conv2d, BatchNorm2d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, Linear, or the surrogate's name.</param>
/// <param name="InputZeros">Exact zeros in the gradient with respect to the input.</param>
/// <param name="InputElements">Elements of that gradient.</param>
/// <param name="OutputZeros">Exact zeros in the gradient with respect to the output.</param>
/// <param name="OutputElements">Elements of that gradient.</param>
/// <param name="InputNorm">Sum over passes of the input-side gradient's L2 norm.</param>
/// <param name="OutputNorm">Sum over passes of the output-side gradient's L2 norm.</param>
/// <param name="Passes">How many backward passes (batches) are summed here.</param>
public sealed record OperationGradient(
    string Module, string Kind, long InputZeros, long InputElements, long OutputZeros, long OutputElements, double InputNorm, double OutputNorm, int Passes)
{
    /// <summary>The sums of two lists, operation by operation; an empty list is neutral.</summary>
    /// <exception cref="ArgumentException">The lists are not of the same network's operations.</exception>
    public static IReadOnlyList<OperationGradient> Add(IReadOnlyList<OperationGradient> left, IReadOnlyList<OperationGradient> right) =>
        left.Count == 0 ? right
        : right.Count == 0 ? left
        : left.Count != right.Count ? throw new ArgumentException($"cannot add {right.Count} operations to {left.Count}")
        : [.. left.Zip(right, (a, b) => a.Add(b))];

    private OperationGradient Add(OperationGradient other) =>
        other.Module != Module
            ? throw new ArgumentException($"cannot add the gradient of {other.Module} to that of {Module}")
            : this with
            {
                InputZeros = InputZeros + other.InputZeros,
                InputElements = InputElements + other.InputElements,
                OutputZeros = OutputZeros + other.OutputZeros,
                OutputElements = OutputElements + other.OutputElements,
                InputNorm = InputNorm + other.InputNorm,
                OutputNorm = OutputNorm + other.OutputNorm,
                Passes = Passes + other.Passes,
            };
}

/// <summary>
/// The gradient of each image's own loss with respect to that image, summed over images. Norms are per image.
/// </summary>
/// <param name="Zeros">Exact zeros.</param>
/// <param name="Elements">Elements.</param>
/// <param name="L1">Sum over images of the L1 norm.</param>
/// <param name="L2">Sum over images of the L2 norm.</param>
/// <param name="Linf">Sum over images of the maximum norm.</param>
/// <param name="AllZeroImages">Images whose whole gradient is zero: a gradient attack cannot move them.</param>
/// <param name="VanishingImages">
/// Images whose gradient had an L2 norm under 1e-6, or one that is no number, at any step of the attack: there the
/// published PGD stops the whole run.
/// </param>
public sealed record InputGradient(long Zeros, long Elements, double L1, double L2, double Linf, int AllZeroImages, int VanishingImages)
{
    /// <summary>Nothing measured yet.</summary>
    public static InputGradient Empty { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>The two sums.</summary>
    public InputGradient Add(InputGradient other) => new(
        Zeros + other.Zeros,
        Elements + other.Elements,
        L1 + other.L1,
        L2 + other.L2,
        Linf + other.Linf,
        AllZeroImages + other.AllZeroImages,
        VanishingImages + other.VanishingImages);
}

/// <summary>What the probes of a network, or of a part of it, saw in one pass; empty where they were off.</summary>
/// <param name="Operations">Backward, operation by operation, in the network's order.</param>
/// <param name="Weights">Backward, weight by weight, in the network's order.</param>
/// <param name="Spikes">Forward, layer of neurons by layer of neurons, in the network's order.</param>
public sealed record ProbeReport(IReadOnlyList<OperationGradient> Operations, IReadOnlyList<WeightGradient> Weights, IReadOnlyList<LayerSpikes> Spikes)
{
    /// <summary>Nothing was probed.</summary>
    public static ProbeReport Empty { get; } = new([], [], []);

    /// <summary>The reports of a network's parts, first to last, as one.</summary>
    public static ProbeReport Concat(IEnumerable<ProbeReport> parts)
    {
        var list = parts.ToList();
        return new ProbeReport([.. list.SelectMany(part => part.Operations)], [.. list.SelectMany(part => part.Weights)], [.. list.SelectMany(part => part.Spikes)]);
    }
}

/// <summary>Exact zeros and the norm of the gradient with respect to one weight, in one backward pass or summed over passes.</summary>
/// <param name="Key">The weight's key in the state dict, such as <c>layer1.0.conv1.weight</c>.</param>
/// <param name="Zeros">Exact zeros.</param>
/// <param name="Elements">Elements.</param>
/// <param name="L2">Sum over passes of the L2 norm.</param>
/// <param name="Passes">How many backward passes (batches) are summed here.</param>
public sealed record WeightGradient(string Key, long Zeros, long Elements, double L2, int Passes)
{
    /// <summary>The sums of two lists, weight by weight; an empty list is neutral.</summary>
    /// <exception cref="ArgumentException">The lists are not of the same network's weights.</exception>
    public static IReadOnlyList<WeightGradient> Add(IReadOnlyList<WeightGradient> left, IReadOnlyList<WeightGradient> right) =>
        left.Count == 0 ? right
        : right.Count == 0 ? left
        : left.Count != right.Count ? throw new ArgumentException($"cannot add the gradients of {right.Count} weights to {left.Count}")
        : [.. left.Zip(right, (a, b) => a.Add(b))];

    private WeightGradient Add(WeightGradient other) =>
        other.Key != Key
            ? throw new ArgumentException($"cannot add the gradient of {other.Key} to that of {Key}")
            : this with { Zeros = Zeros + other.Zeros, Elements = Elements + other.Elements, L2 = L2 + other.L2, Passes = Passes + other.Passes };
}

/// <summary>
/// The quantities of theorem 4.1, summed over images. With p the probability of the image's true class, a perturbation's
/// effect is (p(x + δ) - p(x))²; g is the gradient at the clean image x. Where p is linear within the budget,
/// rho_adv / rho_rand = 3 ‖g‖₁² / ‖g‖₂², which lies between 3 and 3 ‖g‖₀. What is measured differs from the theorem in more
/// than linearity: perturbations stay within [0, 1], pixels are rounded to bytes, and g goes straight through the encoder.
/// </summary>
/// <param name="Adversarial">The largest effect of the attack's own perturbations: from below, rho_adv.</param>
/// <param name="Random">The mean effect of perturbations drawn uniformly from the budget's cube, then put back into [0, 1]: rho_rand.</param>
/// <param name="FirstOrderRatio">3 ‖g‖₁² / ‖g‖₂², of images with a gradient.</param>
/// <param name="UpperBound">3 ‖g‖₀: three times the entries of g that are not zero.</param>
/// <param name="ImagesWithGradient">Images whose g is not all zeros.</param>
/// <param name="Images">Images.</param>
public sealed record Vulnerability(
    double Adversarial, double Random, double FirstOrderRatio, double UpperBound, int ImagesWithGradient, int Images)
{
    /// <summary>The two sums; null is neutral.</summary>
    public static Vulnerability? Add(Vulnerability? left, Vulnerability? right) =>
        left is null ? right
        : right is null ? left
        : new Vulnerability(
            left.Adversarial + right.Adversarial,
            left.Random + right.Random,
            left.FirstOrderRatio + right.FirstOrderRatio,
            left.UpperBound + right.UpperBound,
            left.ImagesWithGradient + right.ImagesWithGradient,
            left.Images + right.Images);
}

/// <summary>What one shard, or several added up, was measured to be.</summary>
/// <param name="Correct">Images still classified correctly.</param>
/// <param name="Total">Images measured.</param>
/// <param name="Loss">Sum over images of the cross-entropy of the (attacked) image.</param>
/// <param name="Input">The gradient at the attack's starting image (its first adversarial step).</param>
/// <param name="Operations">The same backward pass seen by every operation, in the network's order; empty where they were not probed.</param>
/// <param name="Weights">The same backward pass's weight gradients; empty where they were not probed.</param>
/// <param name="Vulnerability">The quantities of theorem 4.1; null where they were not measured.</param>
public sealed record Measurement(
    int Correct,
    int Total,
    double Loss,
    InputGradient Input,
    IReadOnlyList<OperationGradient> Operations,
    IReadOnlyList<WeightGradient> Weights,
    Vulnerability? Vulnerability)
{
    /// <summary>What became of each image; null where the campaign asks for no checks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AttackCourse? Course { get; init; }

    /// <summary>Nothing measured yet.</summary>
    public static Measurement Empty { get; } = new(0, 0, 0, InputGradient.Empty, [], [], null);

    /// <summary>Several shards, added in their order.</summary>
    public static Measurement Sum(IReadOnlyList<Measurement> shards) => shards.Aggregate(Empty, (sum, shard) => sum.Add(shard)) with
    {
        Course = AttackCourse.Join([.. from shard in shards where shard.Course is not null select (shard.Course, shard.Total)]),
    };

    /// <summary>The two sums but for what became of each image; operations are added one by one, and an empty side is neutral.</summary>
    private Measurement Add(Measurement other) => new(
        Correct + other.Correct,
        Total + other.Total,
        Loss + other.Loss,
        Input.Add(other.Input),
        OperationGradient.Add(Operations, other.Operations),
        WeightGradient.Add(Weights, other.Weights),
        Telemetry.Vulnerability.Add(Vulnerability, other.Vulnerability));
}
