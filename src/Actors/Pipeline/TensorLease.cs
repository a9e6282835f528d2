using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// A tensor in a message within one process: given up by its producer, taken exactly once by its consumer, and freed
/// with the message when nobody takes it (a dead letter, a restart). Thread-safe.
/// </summary>
public sealed class TensorLease : FrameContent, IPackableContent
{
    private Tensor? _tensor;

    /// <summary>A lease on a tensor, which the caller gives up.</summary>
    public TensorLease(Tensor tensor) => _tensor = tensor.DetachFromDisposeScope();

    /// <summary>Takes the tensor; the caller owns it.</summary>
    /// <exception cref="InvalidOperationException">It was taken or freed before.</exception>
    public Tensor Take() =>
        Interlocked.Exchange(ref _tensor, null) ?? throw new InvalidOperationException("the tensor of this message was taken before");

    /// <inheritdoc/>
    public PackedTensor Pack()
    {
        using var tensor = Take();
        return PackedTensors.Pack(tensor);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _tensor, null)?.Dispose();
}
