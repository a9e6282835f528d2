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
public sealed record InputGradient(long Zeros, long Elements, double L1, double L2, double Linf, int AllZeroImages)
{
    /// <summary>Nothing measured yet.</summary>
    public static InputGradient Empty { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The two sums.</summary>
    public InputGradient Add(InputGradient other) => new(
        Zeros + other.Zeros, Elements + other.Elements, L1 + other.L1, L2 + other.L2, Linf + other.Linf, AllZeroImages + other.AllZeroImages);
}

/// <summary>What one shard, or several added up, was measured to be.</summary>
/// <param name="Correct">Images still classified correctly.</param>
/// <param name="Total">Images measured.</param>
/// <param name="Loss">Sum over images of the cross-entropy of the (attacked) image.</param>
/// <param name="Input">The gradient at the attack's starting image (its first adversarial step).</param>
/// <param name="Operations">The same backward pass seen by every operation, in the network's order.</param>
public sealed record Measurement(int Correct, int Total, double Loss, InputGradient Input, IReadOnlyList<OperationGradient> Operations)
{
    /// <summary>Nothing measured yet.</summary>
    public static Measurement Empty { get; } = new(0, 0, 0, InputGradient.Empty, []);

    /// <summary>The two sums; operations are added one by one, and an empty side is neutral.</summary>
    public Measurement Add(Measurement other) => new(
        Correct + other.Correct, Total + other.Total, Loss + other.Loss, Input.Add(other.Input), OperationGradient.Add(Operations, other.Operations));
}
