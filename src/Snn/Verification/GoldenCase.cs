using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;

namespace SpikeTrail.Snn.Verification;

/// <summary>
/// What another implementation computed on a network, images and labels that an integer hash determines
/// (<see cref="HashFill"/>): the figures that this implementation has to agree with. docs/verification.md gives the format.
/// </summary>
public sealed record GoldenCase
{
    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>The network, its precision apart.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>The shape [C, H, W] of one image.</summary>
    public required IReadOnlyList<long> ImageShape { get; init; }

    /// <summary>K.</summary>
    public required int Classes { get; init; }

    /// <summary>N, images in the batch.</summary>
    public required int Images { get; init; }

    /// <summary>T.</summary>
    public required int TimeSteps { get; init; }

    /// <summary>The seed of weights, images, labels and noise.</summary>
    public required long Seed { get; init; }

    /// <summary>The labels that the figures were computed with.</summary>
    public required IReadOnlyList<byte> Labels { get; init; }

    /// <summary>The sum of all bytes of all images.</summary>
    public required long ImageSum { get; init; }

    /// <summary>The encoded batch, [T, N, C, H, W].</summary>
    public required SampledTensor Encoded { get; init; }

    /// <summary>Forward and backward on running statistics.</summary>
    public required GradientFigures Eval { get; init; }

    /// <summary>Forward and backward on batch statistics, which move the running ones.</summary>
    public required GradientFigures Train { get; init; }

    /// <summary>One step along the gradient's sign.</summary>
    public required AttackFigures Fgsm { get; init; }

    /// <summary>Projected gradient descent from a start in the eps ball.</summary>
    public required AttackFigures Pgd { get; init; }

    /// <summary>Some steps of Adam on the same batch.</summary>
    public required AdamFigures Adam { get; init; }

    /// <summary>Keys of the file that this implementation knows nothing about, and so does not check.</summary>
    public required IReadOnlyList<string> Unchecked { get; init; }

    /// <summary>The network of the case; its weights are not made yet.</summary>
    public Network CreateNetwork(Precision precision) =>
        Networks.Network.Create(Network with { Precision = precision }, ImageShape, Classes, seed: 0);
}

/// <summary>A pass forward and backward, the loss being the mean over the batch.</summary>
/// <param name="Logits">[N, K], row-major.</param>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="InputGradient">dL/dinputs, [T, N, C, H, W].</param>
/// <param name="WeightGradients">dL/dweight of every trained tensor, by its key.</param>
/// <param name="Probes">What was counted at every module; null where nothing was.</param>
/// <param name="RunningStatistics">Every running mean and variance after the pass, by its key; empty where the pass moves none.</param>
public sealed record GradientFigures(
    IReadOnlyList<double> Logits,
    double Loss,
    SampledTensor InputGradient,
    IReadOnlyDictionary<string, SampledTensor> WeightGradients,
    IReadOnlyList<ModuleProbe>? Probes,
    IReadOnlyDictionary<string, SampledTensor> RunningStatistics);

/// <summary>The gradient with respect to one module's input, over all time steps.</summary>
/// <param name="Module">The module's name.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Zeros">Exact zeros.</param>
/// <param name="Elements">Elements.</param>
/// <param name="Norm">The L2 norm.</param>
public sealed record ModuleProbe(string Module, string Kind, long Zeros, long Elements, double Norm);

/// <summary>An attack on the encoded batch under protocol <c>as-published</c>, on weights and statistics of the case's own.</summary>
/// <param name="Epsilon">The budget in [0, 1].</param>
/// <param name="StepSize">Length of a step in [0, 1].</param>
/// <param name="Iterations">Steps.</param>
/// <param name="Adversarial">What it ends with, [T, N, C, H, W].</param>
/// <param name="Logits">The prediction of that on the running statistics the attack's passes left, [N, K], row-major.</param>
public sealed record AttackFigures(double Epsilon, double StepSize, int Iterations, SampledTensor Adversarial, IReadOnlyList<double> Logits);

/// <summary>Steps of Adam.</summary>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="WeightDecay">The L2 coefficient.</param>
/// <param name="Losses">The mean cross-entropy before each step.</param>
/// <param name="WeightsAfter">Every trained tensor after the last step, by its key.</param>
public sealed record AdamFigures(
    double LearningRate, double WeightDecay, IReadOnlyList<double> Losses, IReadOnlyDictionary<string, SampledTensor> WeightsAfter);
