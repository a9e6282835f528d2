using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// A tensor as bytes: what a frame's content is between processes. Shape, element type and payload always agree, so
/// whoever holds one may allocate by its shape and decode its payload.
/// </summary>
public sealed class PackedTensor : FrameContent
{
    /// <summary>The most dimensions a tensor on the wire may have.</summary>
    public const int MaxRank = 8;

    /// <summary>Joins a shape to its elements.</summary>
    /// <param name="shape">The tensor's shape, row-major; empty for a single number.</param>
    /// <param name="elements">The floating-point format its elements have in memory.</param>
    /// <param name="payload">The elements as <see cref="TensorCodec"/> writes them.</param>
    /// <exception cref="InvalidDataException">The payload is damaged, or is not of this shape or element type.</exception>
    public PackedTensor(IReadOnlyList<long> shape, ElementType elements, ReadOnlyMemory<byte> payload)
    {
        var header = TensorHeader.Read(payload.Span);
        var count = CountOf(shape);
        if (header.Count != count)
        {
            throw new InvalidDataException($"shape [{string.Join(", ", shape)}] has {count} elements, the payload {header.Count}");
        }

        if (header.Elements != elements)
        {
            throw new InvalidDataException($"expected a payload of {elements}, got {header.Elements}");
        }

        Shape = shape;
        Elements = elements;
        Payload = payload;
    }

    /// <summary>The tensor's shape, row-major.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The floating-point format its elements have in memory.</summary>
    public ElementType Elements { get; }

    /// <summary>The elements as <see cref="TensorCodec"/> writes them.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Plain memory: the garbage collector has it.
    }

    private static long CountOf(IReadOnlyList<long> shape)
    {
        if (shape.Count > MaxRank)
        {
            throw new InvalidDataException($"a tensor has at most {MaxRank} dimensions, this one {shape.Count}");
        }

        // A zero does not excuse the other dimensions: strides are made of them, and those must not overflow either.
        long product = 1;
        var empty = false;
        foreach (var size in shape)
        {
            if (size < 0 || product > long.MaxValue / Math.Max(size, 1))
            {
                throw new InvalidDataException($"[{string.Join(", ", shape)}] is not the shape of a tensor");
            }

            product *= Math.Max(size, 1);
            empty |= size == 0;
        }

        return empty ? 0 : product;
    }
}
