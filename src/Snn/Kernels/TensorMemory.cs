using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Where a tensor's values lie in memory, for kernels that work on it. A training step asks thousands of times: sizes and strides are asked for one by one,
/// since TorchSharp makes a pinned array of all of them.
/// </summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>Where a tensor's values begin. It must be dense: without gaps, in whatever order of axes.</summary>
    public static T* Of<T>(Tensor dense)
        where T : unmanaged
    {
        var start = (T*)Data(dense.Handle);
        GC.KeepAlive(dense);
        return start;
    }

    /// <summary>A figure for each channel, read: one small tensor operation would take longer than all of them.</summary>
    /// <param name="figures">[C], dense, float32 or float64, on the processor.</param>
    public static double[] Read(Tensor figures)
    {
        var values = new double[figures.NumberOfElements];
        if (figures.dtype == ScalarType.Float64)
        {
            new ReadOnlySpan<double>(Of<double>(figures), values.Length).CopyTo(values);
            return values;
        }

        var from = Of<float>(figures);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = from[i];
        }

        return values;
    }

    /// <summary>A figure for each channel, written and rounded to the tensor's precision.</summary>
    /// <param name="values">As many as there are figures.</param>
    /// <param name="figures">[C], dense, float32 or float64, on the processor.</param>
    public static void Write(ReadOnlySpan<double> values, Tensor figures)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(figures.NumberOfElements, values.Length);
        if (figures.dtype == ScalarType.Float64)
        {
            values.CopyTo(new Span<double>(Of<double>(figures), values.Length));
            return;
        }

        var to = Of<float>(figures);
        for (var i = 0; i < values.Length; i++)
        {
            to[i] = (float)values[i];
        }
    }

    /// <summary>Adds one to a counter, an int64 scalar on the processor, and gives back what it is then.</summary>
    public static long Increment(Tensor counter) => ++*Of<long>(counter);

    /// <summary>A tensor's values in the order in which another of its shape has them in memory: an alias where they are so already.</summary>
    public static Tensor InLayoutOf(Tensor model, Tensor values)
    {
        if (SameLayout(model, values))
        {
            return values.alias();
        }

        var copy = empty_like(model);
        copy.copy_(values);
        return copy;
    }

    /// <summary>A window whose time steps lie one after another in memory, each dense in whatever order of axes: an alias where it is so already.</summary>
    public static Tensor StepByStep(Tensor window_WN)
    {
        using var step = window_WN.select(0, 0);
        return IsDense(step) && (window_WN.size(0) == 1 || window_WN.stride(0) == step.NumberOfElements) ? window_WN.alias() : window_WN.contiguous();
    }

    /// <summary>A window with the channels of each pixel side by side in memory, its shape as it was: an alias where it is so already.</summary>
    public static Tensor ChannelsLast(Tensor window_WNCHW)
    {
        if (LiesIn([0, 1, 3, 4, 2], window_WNCHW))
        {
            return window_WNCHW.alias();
        }

        using var permuted = window_WNCHW.permute(0, 1, 3, 4, 2);
        using var dense = permuted.contiguous();
        return dense.permute(0, 1, 4, 2, 3);
    }

    /// <summary>Whether a tensor's values lie without gaps in memory, its axes in the given order, from the one of the greatest strides.</summary>
    public static bool LiesIn(ReadOnlySpan<long> order, Tensor values)
    {
        var expected = 1L;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var size = values.size((int)order[i]);
            if (size != 1 && values.stride((int)order[i]) != expected)
            {
                return false;
            }

            expected *= size;
        }

        return true;
    }

    /// <summary>Refuses a tensor that is not like another in shape and type.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void RequireShapeOf(Tensor model, Tensor values)
    {
        if (!SameShape(model, values))
        {
            throw new ArgumentException(
                $"Expected a tensor [{string.Join(", ", model.shape)}] of {model.dtype}, got [{string.Join(", ", values.shape)}] of {values.dtype}.");
        }
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

    private static bool SameShape(Tensor one, Tensor other)
    {
        var axes = (int)one.dim();
        if (one.dtype != other.dtype || one.device_type != other.device_type || axes != other.dim())
        {
            return false;
        }

        for (var axis = 0; axis < axes; axis++)
        {
            if (one.size(axis) != other.size(axis))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameLayout(Tensor one, Tensor other)
    {
        if (!SameShape(one, other))
        {
            return false;
        }

        // The stride of an axis of one value says nothing.
        for (var axis = (int)one.dim() - 1; axis >= 0; axis--)
        {
            if (one.size(axis) != 1 && one.stride(axis) != other.stride(axis))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDense(Tensor tensor)
    {
        var expected = 1L;
        foreach (var (stride, size) in tensor.stride().Zip(tensor.shape).Where(axis => axis.Second != 1).Order())
        {
            if (stride != expected)
            {
                return false;
            }

            expected *= size;
        }

        return true;
    }

    // What TorchSharp itself calls to read a tensor's values; it has no way of its own to say where these are that spans more than 2 GiB.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [SuppressGCTransition]
    private static partial void* Data(nint tensor);
}
