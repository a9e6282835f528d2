using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>Fully connected layer with a bias: [C] → [K].</summary>
public sealed class Linear(string name, Parameter weight, Parameter bias) : Operation(name, "Linear")
{
    /// <inheritdoc/>
    public override IEnumerable<Parameter> OwnParameters => [weight, bias];

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> Weights => [weight, bias];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => [weight.Shape[0]];

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => weight.Count;

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        // A matrix product's bits depend on how many rows it has: each time step of each batch by itself has N, whatever the
        // window, and whatever else is in the pass.
        StepByStep(input, windowSteps * tape.Request.Batches, step => nn.functional.linear(step, weights[0], weights[1]));
}
