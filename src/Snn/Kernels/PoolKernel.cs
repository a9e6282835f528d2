using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Pools over channels-last memory, a vector of channels at a time; libtorch takes them one by one. Shapes are libtorch's. An image's
/// bits depend neither on the others in a call nor on the number of threads.
/// </summary>
internal static unsafe class PoolKernel
{
    /// <summary>Whether the kernel can work on a tensor's memory.</summary>
    public static bool Covers(Tensor tensor) => ConvolutionKernel.Covers(tensor);

    /// <summary>
    /// The largest value under each window, and which of the window's pixels has it (a byte each), both [M, C, H', W']: the first of equals,
    /// and the last that is not a number, as libtorch has it.
    /// </summary>
    public static (Tensor Output, Tensor Winners) Max(Tensor input, int kernel, int stride, int padding)
    {
        var shape = Shape(input.shape, kernel, stride, padding);
        using var inputs_MHWC = ConvolutionKernel.ChannelsLast(input);
        using var outputs_MHWC = empty([shape.Images, shape.OutputHeight, shape.OutputWidth, shape.Inputs], input.dtype);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Taps, byte.MaxValue + 1);
        using var winners_MHWC = empty(outputs_MHWC.shape, ScalarType.Byte);
        if (outputs_MHWC.NumberOfElements > 0)
        {
            if (input.dtype == ScalarType.Float32)
            {
                Max<float>(shape, inputs_MHWC, outputs_MHWC, winners_MHWC);
            }
            else
            {
                Max<double>(shape, inputs_MHWC, outputs_MHWC, winners_MHWC);
            }
        }

        return (outputs_MHWC.permute(0, 3, 1, 2), winners_MHWC.permute(0, 3, 1, 2));
    }

    /// <summary>dL/dinputs of <see cref="Max"/>, [M, C, H, W].</summary>
    public static Tensor MaxGradient(Tensor gradient, Tensor winners, long[] inputShape, int kernel, int stride, int padding) =>
        Spread(gradient, winners, inputShape, kernel, stride, padding);

    /// <summary>The mean under each window, [M, C, H', W'], the padding counted.</summary>
    public static Tensor Average(Tensor input, int kernel, int stride, int padding)
    {
        var shape = Shape(input.shape, kernel, stride, padding);
        using var inputs_MHWC = ConvolutionKernel.ChannelsLast(input);
        using var outputs_MHWC = empty([shape.Images, shape.OutputHeight, shape.OutputWidth, shape.Inputs], input.dtype);
        if (outputs_MHWC.NumberOfElements > 0)
        {
            if (input.dtype == ScalarType.Float32)
            {
                Average<float>(shape, inputs_MHWC, outputs_MHWC);
            }
            else
            {
                Average<double>(shape, inputs_MHWC, outputs_MHWC);
            }
        }

        return outputs_MHWC.permute(0, 3, 1, 2);
    }

    /// <summary>dL/dinputs of <see cref="Average"/>, [M, C, H, W].</summary>
    public static Tensor AverageGradient(Tensor gradient, long[] inputShape, int kernel, int stride, int padding) =>
        Spread(gradient, winners: null, inputShape, kernel, stride, padding);

    private static Tensor Spread(Tensor gradient, Tensor? winners, long[] inputShape, int kernel, int stride, int padding)
    {
        var shape = Shape([gradient.shape[0], .. inputShape[^3..]], kernel, stride, padding);
        using var gradients_MHWC = ConvolutionKernel.ChannelsLast(gradient);
        using var winners_MHWC = winners is null ? null : ConvolutionKernel.ChannelsLast(winners);
        using var inputGradients_MHWC = zeros([shape.Images, shape.Height, shape.Width, shape.Inputs], gradient.dtype);
        if (inputGradients_MHWC.NumberOfElements > 0)
        {
            if (gradient.dtype == ScalarType.Float32)
            {
                Spread<float>(shape, gradients_MHWC, winners_MHWC, inputGradients_MHWC);
            }
            else
            {
                Spread<double>(shape, gradients_MHWC, winners_MHWC, inputGradients_MHWC);
            }
        }

        return inputGradients_MHWC.permute(0, 3, 1, 2);
    }

    private static ConvolutionShape Shape(long[] inputShape, int kernel, int stride, int padding) =>
        new((int)inputShape[0], (int)inputShape[1], (int)inputShape[2], (int)inputShape[3], (int)inputShape[1], kernel, stride, padding);

    private static void Max<T>(ConvolutionShape shape, Tensor inputs_MHWC, Tensor outputs_MHWC, Tensor winners_MHWC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* inputs = TensorMemory.Of<T>(inputs_MHWC), outputs = TensorMemory.Of<T>(outputs_MHWC);
        var winners = TensorMemory.Of<byte>(winners_MHWC);
        ForEachWindow(shape, (image, output, y, x) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var (best, winner) = (Vector512.Create(T.NegativeInfinity), Vector512<T>.Zero);
                var first = true;
                for (var tap = 0; tap < shape.Taps; tap++)
                {
                    if (shape.Under(y, x, tap) is >= 0 and var pixel)
                    {
                        var value = Load(inputs + (((image * shape.Height * shape.Width) + pixel) * shape.Inputs) + channel, count);
                        var wins = first ? Vector512<T>.AllBitsSet : Vector512.GreaterThan(value, best) | ~Vector512.Equals(value, value);
                        best = Vector512.ConditionalSelect(wins, value, best);
                        winner = Vector512.ConditionalSelect(wins, Vector512.Create(T.CreateTruncating(tap)), winner);
                        first = false;
                    }
                }

                Store(best, outputs + (output * shape.Inputs) + channel, count);
                StoreBytes(winner, winners + (output * shape.Inputs) + channel, count);
            }
        });
    }

    private static void Average<T>(ConvolutionShape shape, Tensor inputs_MHWC, Tensor outputs_MHWC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* inputs = TensorMemory.Of<T>(inputs_MHWC), outputs = TensorMemory.Of<T>(outputs_MHWC);
        var size = Vector512.Create(T.CreateTruncating(shape.Taps));
        ForEachWindow(shape, (image, output, y, x) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var sum = Vector512<T>.Zero;
                for (var tap = 0; tap < shape.Taps; tap++)
                {
                    if (shape.Under(y, x, tap) is >= 0 and var pixel)
                    {
                        sum += Load(inputs + (((image * shape.Height * shape.Width) + pixel) * shape.Inputs) + channel, count);
                    }
                }

                Store(sum / size, outputs + (output * shape.Inputs) + channel, count);
            }
        });
    }

    /// <summary>Gives each window's gradient to the pixel that won it, or where nobody is named, its share to each.</summary>
    private static void Spread<T>(ConvolutionShape shape, Tensor gradients_MHWC, Tensor? winners_MHWC, Tensor inputGradients_MHWC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* gradients = TensorMemory.Of<T>(gradients_MHWC), inputGradients = TensorMemory.Of<T>(inputGradients_MHWC);
        var winners = winners_MHWC is null ? null : TensorMemory.Of<byte>(winners_MHWC);
        var size = Vector512.Create(T.CreateTruncating(shape.Taps));
        ForEachWindow(shape, (image, output, y, x) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var gradient = Load(gradients + (output * shape.Inputs) + channel, count);
                var winner = winners is null ? default : LoadBytes<T>(winners + (output * shape.Inputs) + channel, count);
                var share = winners is null ? gradient / size : gradient;
                for (var tap = 0; tap < shape.Taps; tap++)
                {
                    if (shape.Under(y, x, tap) is >= 0 and var pixel)
                    {
                        var to = inputGradients + (((image * shape.Height * shape.Width) + pixel) * shape.Inputs) + channel;
                        var won = winners is null ? share : share & Vector512.Equals(winner, Vector512.Create(T.CreateTruncating(tap)));
                        Store(Load(to, count) + won, to, count);
                    }
                }
            }
        });
    }

    /// <summary>Every window of every image, the images divided among threads: which image, which output pixel of all, and where it is.</summary>
    private static void ForEachWindow(ConvolutionShape shape, Action<long, long, int, int> window) => ThreadTeam.Run(shape.Images, (first, last) =>
    {
        for (long image = first; image < last; image++)
        {
            var output = image * shape.OutputHeight * shape.OutputWidth;
            for (var y = 0; y < shape.OutputHeight; y++)
            {
                for (var x = 0; x < shape.OutputWidth; x++)
                {
                    window(image, output++, y, x);
                }
            }
        }
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Load<T>(T* from, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (count == Vector512<T>.Count)
        {
            return Vector512.Load(from);
        }

        Vector512<T> values = default;
        Unsafe.CopyBlockUnaligned(&values, from, (uint)(count * sizeof(T)));
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector512<T> values, T* to, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (count == Vector512<T>.Count)
        {
            values.Store(to);
        }
        else
        {
            Unsafe.CopyBlockUnaligned(to, &values, (uint)(count * sizeof(T)));
        }
    }

    /// <summary>Whole numbers from 0 to 255, a byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreBytes<T>(Vector512<T> values, byte* to, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && count == Vector512<T>.Count)
        {
            Avx512F.ConvertToVector128Byte(Vector512.ConvertToInt32Native(values.AsSingle())).Store(to);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            to[i] = byte.CreateTruncating(values[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> LoadBytes<T>(byte* from, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && count == Vector512<T>.Count)
        {
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(from))).As<float, T>();
        }

        Vector512<T> values = default;
        for (var i = 0; i < count; i++)
        {
            ((T*)&values)[i] = T.CreateTruncating(from[i]);
        }

        return values;
    }
}
