using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// A layer that is one tensor operation without memory in time: convolution, batch norm, pooling, linear. Time is
/// folded into the batch, [W·N, …], and libtorch differentiates the one operation.
/// </summary>
/// <param name="name">The module's name.</param>
/// <param name="kind">What a probe reports it as: torch's name of the module.</param>
public abstract class Operation(string name, string kind) : Layer(name)
{
    /// <summary>What a probe reports the operation as.</summary>
    public string Kind { get; } = kind;

    /// <summary>Whether the network's input comes straight to this operation: then nobody needs its input gradient unless the pass asks for it.</summary>
    public bool TakesNetworkInput { get; init; }

    /// <summary>The trained tensors, in the order <see cref="Apply"/> takes them.</summary>
    protected virtual IReadOnlyList<Parameter> Weights => [];

    /// <summary>
    /// The operation on [W·N, …]. <paramref name="replay"/> says that this input has been through before and only its
    /// weight gradient is wanted: running statistics must not move again.
    /// </summary>
    protected abstract Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        var steps = inputs_WN.shape[0];
        using var input = inputs_WN.flatten(0, 1);
        if (!tape.Request.Backward)
        {
            using var output = Apply(input, Values(), tape, steps, replay: false);
            return output.unflatten(0, steps, -1);
        }

        var input_leaf = input.detach().requires_grad_(WantsInputGradient(tape));
        Tensor[] weightLeaves = WantsWeightGradients(tape) && SeesWholePass(steps, tape) ? Leaves() : [];
        var graph = Apply(input_leaf, weightLeaves.Length > 0 ? weightLeaves : Values(), tape, steps, replay: false);

        tape.Push(input_leaf);
        foreach (var leaf in weightLeaves)
        {
            tape.Push(leaf);
        }

        tape.Push(graph);
        using var result = graph.detach();
        return result.unflatten(0, steps, -1);
    }

    /// <inheritdoc/>
    public sealed override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        var steps = gradients_WN.shape[0];
        using var gradient = gradients_WN.flatten(0, 1);
        using var graph = tape.Pop();
        Tensor[] weightLeaves = WantsWeightGradients(tape) && SeesWholePass(steps, tape) ? [.. Weights.Select(_ => tape.Pop()).Reverse()] : [];
        using var input = tape.Pop();

        Tensor[] leaves = input.requires_grad ? [input, .. weightLeaves] : weightLeaves;
        if (leaves.Length > 0)
        {
            graph.backward([gradient], create_graph: false, retain_graph: false, inputs: leaves);
        }

        if (weightLeaves.Length > 0)
        {
            TakeWeightGradients(weightLeaves, tape);
        }
        else if (WantsWeightGradients(tape))
        {
            DeferWeightGradients(input, gradient, steps, tape);
        }

        if (!input.requires_grad)
        {
            return null;
        }

        using var inputGradient = input.grad!;
        var inputGradient_WN = inputGradient.unflatten(0, steps, -1);
        tape.Probe?.Record(Name, Kind, inputGradient_WN, gradients_WN);
        return inputGradient_WN;
    }

    private bool WantsInputGradient(PassTape tape) => tape.Request.InputGradient || !TakesNetworkInput;

    private bool WantsWeightGradients(PassTape tape) => tape.Request.WeightGradients && Weights.Count > 0;

    private static bool SeesWholePass(long steps, PassTape tape) => steps == tape.Request.TimeSteps;

    private Tensor[] Values() => [.. Weights.Select(weight => weight.Value)];

    private Tensor[] Leaves() => [.. Weights.Select(weight => weight.Value.detach().requires_grad_())];

    private void DeferWeightGradients(Tensor input, Tensor gradient, long steps, PassTape tape)
    {
        using var input_WN = input.detach().unflatten(0, steps, -1);
        using var gradient_WN = gradient.unflatten(0, steps, -1);
        if (tape.GatherForWeights(this, input_WN, gradient_WN) is not var (inputs_TN, gradients_TN))
        {
            return;
        }

        using (inputs_TN)
        using (gradients_TN)
        {
            var leaves = Leaves();
            using var input_all = inputs_TN.flatten(0, 1);
            using var gradient_all = gradients_TN.flatten(0, 1);
            using var graph = Apply(input_all, leaves, tape, tape.Request.TimeSteps, replay: true);
            graph.backward([gradient_all], create_graph: false, retain_graph: false, inputs: leaves);
            TakeWeightGradients(leaves, tape);
        }
    }

    private void TakeWeightGradients(Tensor[] leaves, PassTape tape)
    {
        foreach (var (weight, leaf) in Weights.Zip(leaves))
        {
            using (leaf)
            {
                tape.AddWeightGradient(weight, leaf.grad!);
            }
        }
    }
}
