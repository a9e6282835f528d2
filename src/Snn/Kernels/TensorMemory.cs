using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Where a tensor's values lie in memory, for kernels that work on it.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Where a tensor's values begin. It must be dense: without gaps, in whatever order of axes.</summary>
    public static T* Of<T>(Tensor dense)
        where T : unmanaged
    {
        // Tensor.bytes spans at most 2 GiB of a contiguous tensor, so it is asked of the first value alone.
        using var first = dense.as_strided([1], [1], dense.storage_offset());
        fixed (byte* memory = first.bytes)
        {
            return (T*)memory;
        }
    }

    /// <summary>A tensor's values in the order in which another of its shape has them in memory: an alias where they are so already.</summary>
    public static Tensor InLayoutOf(Tensor model, Tensor values)
    {
        if (SameLayout(model, values))
        {
            return values.alias();
        }

        var copy = empty_like(model);
        return copy.copy_(values);
    }

    /// <summary>Refuses a tensor that is not like another in shape, type and order in memory: a kernel would leave its memory.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void RequireLayoutOf(Tensor model, Tensor values)
    {
        if (!SameLayout(model, values))
        {
            throw new ArgumentException(
                $"A tensor [{string.Join(", ", values.shape)}] of {values.dtype} is not laid out as [{string.Join(", ", model.shape)}] of {model.dtype}.");
        }
    }

    private static bool SameLayout(Tensor one, Tensor other) =>
        one.dtype == other.dtype && one.device_type == other.device_type
        && one.shape.AsSpan().SequenceEqual(other.shape) && one.stride().AsSpan().SequenceEqual(other.stride());
}
