using SpikeTrail.Protocol.Passes;
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
    /// gradient is wanted: running statistics must not move again.
    /// </summary>
    protected abstract Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay);

    /// <summary>Whether backward is to take the input gradient.</summary>
    protected bool TakesInputGradient(PassRequest request) => request.InputGradient || !TakesNetworkInput;

    /// <summary>Applies an operation to each of the time steps in [steps·N, …] by itself, and joins the results.</summary>
    protected static Tensor StepByStep(Tensor input, long steps, Func<Tensor, Tensor> operation)
    {
        if (steps == 1)
        {
            return operation(input);
        }

        var parts = input.chunk(steps, 0);
        var results = parts.Select(operation).ToList();
        var joined = cat(results, 0);
        foreach (var tensor in parts.Concat(results))
        {
            tensor.Dispose();
        }

        return joined;
    }

    /// <summary>
    /// Shows the inputs and output gradients of all T steps, [T·N, …], once all are there, to what takes weight gradients of them: a sum's bits depend on
    /// its order, which must not be the windows'.
    /// </summary>
    /// <param name="input">[W·N, …].</param>
    /// <param name="gradients_WN">dL/doutputs.</param>
    /// <param name="tape">Gathers windows.</param>
    /// <param name="take">What takes them.</param>
    protected void OverWholePass(Tensor input, Tensor gradients_WN, PassTape tape, Action<Tensor, Tensor> take)
    {
        if (gradients_WN.size(0) == tape.Request.TimeSteps)
        {
            using var gradient = gradients_WN.flatten(0, 1);
            take(input, gradient);
            return;
        }

        using var inputs_WN = input.unflatten(0, gradients_WN.size(0), gradients_WN.size(1));
        if (tape.Gather(this, inputs_WN, gradients_WN) is var (inputs_TN, gradients_TN))
        {
            using (inputs_TN)
            using (gradients_TN)
            {
                using var inputs = inputs_TN.flatten(0, 1);
                using var gradients = gradients_TN.flatten(0, 1);
                take(inputs, gradients);
            }
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        var steps = inputs_WN.shape[0];
        using var input = inputs_WN.flatten(0, 1);
        if (!tape.Request.Backward)
        {
            using var output = Apply(input, Values(), tape, steps, replay: false);
            return output.unflatten(0, steps, -1);
        }

        var wanted = WantedOf(steps, tape);
        var input_leaf = input.detach().requires_grad_(wanted.InputNow);
        var weightLeaves = wanted.WeightsNow ? Leaves() : [];
        var graph = Apply(input_leaf, wanted.WeightsNow ? weightLeaves : Values(), tape, steps, replay: false);

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
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        var steps = gradients_WN.shape[0];
        var wanted = WantedOf(steps, tape);
        using var gradient = gradients_WN.flatten(0, 1);
        using var graph = tape.Pop();
        Tensor[] weightLeaves = wanted.WeightsNow ? [.. Weights.Select(_ => tape.Pop()).Reverse()] : [];
        using var input = tape.Pop();

        var inputGradient_WN = Differentiate(graph, gradient, wanted.InputNow ? input : null, weightLeaves, steps, tape);
        if (inputGradient_WN is not null)
        {
            tape.Probe?.Record(Name, Kind, inputGradient_WN, gradients_WN);
        }

        return wanted.Later ? BackwardOfWholePass(input, gradients_WN, tape) ?? inputGradient_WN : inputGradient_WN;
    }

    /// <summary>
    /// Takes what must not depend on the window - the gradients of weights and of the network's own input, whose bits
    /// vary with the number of images in a call - once for each batch over all T steps, after the last gradient window has come.
    /// </summary>
    private Tensor? BackwardOfWholePass(Tensor input, Tensor gradients_WN, PassTape tape)
    {
        using var input_cut = input.detach();
        using var input_WN = input_cut.unflatten(0, gradients_WN.shape[0], -1);
        if (tape.Gather(this, input_WN, gradients_WN) is not var (inputs_TN, gradients_TN))
        {
            return null;
        }

        using (inputs_TN)
        using (gradients_TN)
        {
            if (tape.Request.Batches == 1)
            {
                return BackwardOfBatch(inputs_TN, gradients_TN, tape);
            }

            var (inputs, gradients) = (inputs_TN.chunk(tape.Request.Batches, 1), gradients_TN.chunk(tape.Request.Batches, 1));
            var results = inputs.Zip(gradients, (input_TN, gradient_TN) => BackwardOfBatch(input_TN, gradient_TN, tape)).OfType<Tensor>().ToList();
            var joined_TN = results.Count == 0 ? null : cat(results, 1);
            foreach (var tensor in inputs.Concat(gradients).Concat(results))
            {
                tensor.Dispose();
            }

            return joined_TN;
        }
    }

    private Tensor? BackwardOfBatch(Tensor inputs_TN, Tensor gradients_TN, PassTape tape)
    {
        var takesWeights = tape.Request.WeightGradients && Weights.Count > 0;
        using var input_flat = inputs_TN.flatten(0, 1);
        using var input_all = input_flat.detach().requires_grad_(TakesNetworkInput && TakesInputGradient(tape.Request));
        using var gradient_all = gradients_TN.flatten(0, 1);
        var weightLeaves = takesWeights ? Leaves() : [];
        using var graph = Apply(input_all, takesWeights ? weightLeaves : Values(), tape, tape.Request.TimeSteps, replay: true);
        var inputGradient_TN = Differentiate(graph, gradient_all, input_all.requires_grad ? input_all : null, weightLeaves, tape.Request.TimeSteps, tape);
        if (inputGradient_TN is not null)
        {
            tape.Probe?.Record(Name, Kind, inputGradient_TN, gradients_TN);
        }

        return inputGradient_TN;
    }

    /// <summary>Runs one operation backward; weight gradients go to the tape, the input's, [W, N, …], to the caller.</summary>
    private Tensor? Differentiate(Tensor graph, Tensor gradient, Tensor? input, Tensor[] weightLeaves, long steps, PassTape tape)
    {
        var leaves = input is null ? weightLeaves : [input, .. weightLeaves];
        if (leaves.Length > 0)
        {
            graph.backward([gradient], create_graph: false, retain_graph: false, inputs: leaves);
        }

        foreach (var (weight, leaf) in Weights.Zip(weightLeaves))
        {
            using (leaf)
            {
                tape.AddWeightGradient(weight, leaf.grad!);
            }
        }

        using var inputGradient = input?.grad;
        return inputGradient?.unflatten(0, steps, -1);
    }

    /// <summary>Which gradients a window can give now, and whether some wait for the whole pass, to be taken batch by batch.</summary>
    private (bool InputNow, bool WeightsNow, bool Later) WantedOf(long steps, PassTape tape)
    {
        var whole = steps == tape.Request.TimeSteps && tape.Request.Batches == 1;
        var input = TakesInputGradient(tape.Request);
        var weights = tape.Request.WeightGradients && Weights.Count > 0;
        return (input && (whole || !TakesNetworkInput), weights && whole, !whole && (weights || (input && TakesNetworkInput)));
    }

    private Tensor[] Values() => [.. Weights.Select(weight => weight.Value)];

    private Tensor[] Leaves() => [.. Weights.Select(weight => weight.Value.detach().requires_grad_())];
}
