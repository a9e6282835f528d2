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
    // Which of a window's pixels won must fit in a byte.
    private const int MostKernel = 16;

    /// <summary>Whether the kernel can work on a tensor's memory, with windows of such a side.</summary>
    public static bool Covers(Tensor tensor, int kernel) => ConvolutionKernel.Covers(tensor) && kernel <= MostKernel;

    /// <summary>
    /// The largest value under each window, and which of the window's pixels has it (a byte each), both [M, C, H', W']: the first of equals,
    /// and the last that is not a number, as libtorch has it.
    /// </summary>
    public static (Tensor Output, Tensor Winners) Max(Tensor input, int kernel, int stride, int padding)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kernel, MostKernel);
        var shape = Shape(input.shape, kernel, stride, padding);
        using var inputs_MHWC = ConvolutionKernel.ChannelsLast(input);
        using var outputs_MHWC = empty([shape.Images, shape.OutputHeight, shape.OutputWidth, shape.Inputs], input.dtype);
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
        using var inputGradients_MHWC = empty([shape.Images, shape.Height, shape.Width, shape.Inputs], gradient.dtype);
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
        ForEach(shape, WindowsOf(shape), (window, to, from) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var (best, winner) = (Vector512.Create(T.NegativeInfinity), Vector512<T>.Zero);
                var first = true;
                foreach (var (tap, pixel) in window)
                {
                    var value = Load(inputs + from + (pixel * shape.Inputs) + channel, count);
                    var wins = first ? Vector512<T>.AllBitsSet : Vector512.GreaterThan(value, best) | ~Vector512.Equals(value, value);
                    best = Vector512.ConditionalSelect(wins, value, best);
                    winner = Vector512.ConditionalSelect(wins, Vector512.Create(T.CreateTruncating(tap)), winner);
                    first = false;
                }

                Store(best, outputs + to + channel, count);
                StoreBytes(winner, winners + to + channel, count);
            }
        });
    }

    private static void Average<T>(ConvolutionShape shape, Tensor inputs_MHWC, Tensor outputs_MHWC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* inputs = TensorMemory.Of<T>(inputs_MHWC), outputs = TensorMemory.Of<T>(outputs_MHWC);
        var size = Vector512.Create(T.CreateTruncating(shape.Taps));
        ForEach(shape, WindowsOf(shape), (window, to, from) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var sum = Vector512<T>.Zero;
                foreach (var (_, pixel) in window)
                {
                    sum += Load(inputs + from + (pixel * shape.Inputs) + channel, count);
                }

                Store(sum / size, outputs + to + channel, count);
            }
        });
    }

    /// <summary>Gives each pixel the gradients of the windows that it won, or where nobody is named, its share of all that it is in.</summary>
    private static void Spread<T>(ConvolutionShape shape, Tensor gradients_MHWC, Tensor? winners_MHWC, Tensor inputGradients_MHWC)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* gradients = TensorMemory.Of<T>(gradients_MHWC), inputGradients = TensorMemory.Of<T>(inputGradients_MHWC);
        var winners = winners_MHWC is null ? null : TensorMemory.Of<byte>(winners_MHWC);
        var size = Vector512.Create(T.CreateTruncating(shape.Taps));
        ForEach(shape, PlacesOf(shape), (places, to, from) =>
        {
            for (var channel = 0; channel < shape.Inputs; channel += Vector512<T>.Count)
            {
                var count = Math.Min(Vector512<T>.Count, shape.Inputs - channel);
                var sum = Vector512<T>.Zero;
                foreach (var (tap, window) in places)
                {
                    var at = from + (window * shape.Inputs) + channel;
                    var gradient = Load(gradients + at, count);
                    sum += winners is null
                        ? gradient / size
                        : gradient & Vector512.Equals(LoadBytes<T>(winners + at, count), Vector512.Create(T.CreateTruncating(tap)));
                }

                Store(sum, inputGradients + to + channel, count);
            }
        });
    }

    /// <summary>Of each output pixel's window, the pixels that lie in the image.</summary>
    private static Member[][] WindowsOf(ConvolutionShape shape) =>
    [
        .. from window in Enumerable.Range(0, shape.OutputHeight * shape.OutputWidth)
           select (
               from tap in Enumerable.Range(0, shape.Taps)
               let pixel = shape.Under(window / shape.OutputWidth, window % shape.OutputWidth, tap)
               where pixel >= 0
               select new Member(tap, pixel)).ToArray(),
    ];

    /// <summary>Of each input pixel, the windows that it is in.</summary>
    private static Member[][] PlacesOf(ConvolutionShape shape)
    {
        var places = WindowsOf(shape)
            .SelectMany((window, output) => window.Select(member => (member.Pixel, Place: new Member(member.Tap, output))))
            .ToLookup(entry => entry.Pixel, entry => entry.Place);
        return [.. Enumerable.Range(0, shape.Height * shape.Width).Select(pixel => places[pixel].ToArray())];
    }

    /// <summary>
    /// Every pixel of every image with what belongs to it on the other side of the pool, the images divided among threads: also where
    /// the pixel's values are, and where the image's are on the other side.
    /// </summary>
    private static void ForEach(ConvolutionShape shape, Member[][] pixels, Action<Member[], long, long> work)
    {
        var others = (shape.Height * shape.Width) + (shape.OutputHeight * shape.OutputWidth) - pixels.Length;
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            for (long image = first; image < last; image++)
            {
                for (var pixel = 0; pixel < pixels.Length; pixel++)
                {
                    work(pixels[pixel], ((image * pixels.Length) + pixel) * shape.Inputs, image * others * shape.Inputs);
                }
            }
        });
    }

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

    /// <summary>A pixel's place in a window.</summary>
    /// <param name="Tap">Which of the window's pixels it is.</param>
    /// <param name="Pixel">The input pixel of a window, or the output pixel of a window that an input pixel is in.</param>
    private readonly record struct Member(int Tap, int Pixel);
}
