using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>A tensor as bytes: what a frame's content is between processes.</summary>
/// <param name="shape">The tensor's shape, row-major.</param>
/// <param name="elements">The floating-point format its elements have in memory.</param>
/// <param name="payload">The elements as <see cref="TensorCodec"/> writes them.</param>
public sealed class PackedTensor(IReadOnlyList<long> shape, ElementType elements, ReadOnlyMemory<byte> payload) : FrameContent
{
    /// <summary>The tensor's shape, row-major.</summary>
    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>The floating-point format its elements have in memory.</summary>
    public ElementType Elements { get; } = elements;

    /// <summary>The elements as <see cref="TensorCodec"/> writes them.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Plain memory: the garbage collector has it.
    }
}

/// <summary>The element formats a frame can have.</summary>
public enum ElementType : byte
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 2,
}
