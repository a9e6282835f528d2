using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// A differentiable step of a network on a window of time: one operation, a layer of neurons, or a block of both. It
/// holds weights and nothing else; what it must remember between forward and backward goes on the pass's tape.
/// Legend of axes: W time steps of the window, N images, C channels, H×W pixels.
/// </summary>
/// <param name="name">The module's name in the state dict, such as <c>layer1.0.conv1</c>.</param>
public abstract class Layer(string name)
{
    /// <summary>The module's name in the state dict.</summary>
    public string Name { get; } = name;

    /// <summary>The layers inside, in the order of computation.</summary>
    public virtual IEnumerable<Layer> Children => [];

    /// <summary>The tensors the layer itself owns: weights, and batch norm's running statistics.</summary>
    public virtual IEnumerable<Parameter> OwnParameters => [];

    /// <summary>The tensors of the layer and of all inside it.</summary>
    public IEnumerable<Parameter> Parameters => OwnParameters.Concat(Children.SelectMany(child => child.Parameters));

    /// <summary>The shape [C, H, W] (or [K]) of one image's output, given that of its input.</summary>
    public abstract IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape);

    /// <summary>Multiply-accumulates for one image and time step: what networks are cut evenly by.</summary>
    public abstract long Cost(IReadOnlyList<long> inputShape);

    /// <summary>Whether the layer must see all T time steps of such a pass before it can let the first go.</summary>
    public virtual bool NeedsWholeSequence(PassRequest request) => Children.Any(child => child.NeedsWholeSequence(request));

    /// <summary>
    /// Computes the outputs of a window, [W, N, …], from its inputs, which stay the caller's. The outputs' memory is the caller's alone, unless
    /// the layer is a single <see cref="Operation"/>: then the tape may read it still.
    /// </summary>
    public abstract Tensor Forward(Tensor inputs_WN, PassTape tape);

    /// <summary>
    /// Computes dL/dinputs of a window, [W, N, …], from dL/doutputs, which stays the caller's. Windows come in the
    /// reverse of their forward order. What comes back is the caller's alone. Null where the inputs are the network's own and nobody asked for their gradient.
    /// </summary>
    public abstract Tensor? Backward(Tensor gradients_WN, PassTape tape);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
