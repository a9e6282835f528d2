using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// A convolution of spikes: sums the weights of the inputs that are not zero, pixel by pixel, and passes over the rest. At one
/// spike in five it beats a dense product that runs at the processor's peak. A sum's order is that of the kernel's pixels and
/// channels alone: an image's bits depend neither on the others in the call nor on the number of threads. An input of zero adds
/// nothing, whatever the weight.
/// </summary>
internal static unsafe class SpikeConvolution
{
    // Lists of so many images stay in the second cache beside the weights.
    private const int ListBytes = 1 << 20;

    /// <summary>Convolves.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="weights">[kernel, kernel, C, K], K a multiple of a vector's length.</param>
    /// <param name="outputs">[M, H', W', K], written.</param>
    public static void Forward<T>(ConvolutionShape shape, T* inputs, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tile = (int)Math.Clamp(ListBytes / ((long)shape.Height * shape.Width * shape.Inputs * (sizeof(int) + sizeof(T))), 1, shape.Images);
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            using var spikes = new SpikeRows<T>(shape, tile);
            for (var start = first; start < last; start += tile)
            {
                var images = Math.Min(tile, last - start);
                spikes.List(inputs + ((long)start * shape.Height * shape.Width * shape.Inputs), images);
                var output = outputs + ((long)start * shape.OutputHeight * shape.OutputWidth * shape.Outputs);
                var channel = 0;
                for (; channel <= shape.Outputs - Columns<T>.Wide; channel += Columns<T>.Wide)
                {
                    Convolve(shape, spikes, images, weights + channel, output + channel);
                }

                for (; channel < shape.Outputs; channel += Columns<T>.Narrow)
                {
                    ConvolveNarrow(shape, spikes, images, weights + channel, output + channel);
                }
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convolve<T>(ConvolutionShape shape, SpikeRows<T> spikes, int images, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        var (height, width, stride, padding, kernel, rowWeights) = (shape.OutputHeight, shape.OutputWidth, shape.Stride, shape.Padding, shape.Kernel, shape.Outputs);
        var binary = spikes.AreBinary;
        var offsets = spikes.Offsets;
        var values = spikes.Values;
        for (var image = 0; image < images; image++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++, outputs += rowWeights)
                {
                    Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                    var left = (x * stride) - padding;
                    for (var tap = 0; tap < kernel; tap++)
                    {
                        var row = (y * stride) + tap - padding;
                        if ((uint)row >= (uint)shape.Height)
                        {
                            continue;
                        }

                        var (spike, end) = spikes.Between(image, row, Math.Max(left, 0), Math.Min(left + kernel, shape.Width));
                        var tapWeights = weights + ((((long)tap * kernel) - left) * shape.Inputs * rowWeights);
                        if (binary)
                        {
                            for (; spike < end; spike++)
                            {
                                var weight = tapWeights + offsets[spike];
                                sum0 += Vector512.Load(weight);
                                sum1 += Vector512.Load(weight + lanes);
                                sum2 += Vector512.Load(weight + (2 * lanes));
                                sum3 += Vector512.Load(weight + (3 * lanes));
                            }
                        }
                        else
                        {
                            for (; spike < end; spike++)
                            {
                                var weight = tapWeights + offsets[spike];
                                var value = Vector512.Create(values[spike]);
                                sum0 = Columns<T>.MultiplyAdd(value, Vector512.Load(weight), sum0);
                                sum1 = Columns<T>.MultiplyAdd(value, Vector512.Load(weight + lanes), sum1);
                                sum2 = Columns<T>.MultiplyAdd(value, Vector512.Load(weight + (2 * lanes)), sum2);
                                sum3 = Columns<T>.MultiplyAdd(value, Vector512.Load(weight + (3 * lanes)), sum3);
                            }
                        }
                    }

                    sum0.Store(outputs);
                    sum1.Store(outputs + lanes);
                    sum2.Store(outputs + (2 * lanes));
                    sum3.Store(outputs + (3 * lanes));
                }
            }
        }
    }

    /// <summary>The same for one vector of output channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolveNarrow<T>(ConvolutionShape shape, SpikeRows<T> spikes, int images, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (height, width, stride, padding, kernel, rowWeights) = (shape.OutputHeight, shape.OutputWidth, shape.Stride, shape.Padding, shape.Kernel, shape.Outputs);
        for (var image = 0; image < images; image++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++, outputs += rowWeights)
                {
                    Vector512<T> sum = default;
                    var left = (x * stride) - padding;
                    for (var tap = 0; tap < kernel; tap++)
                    {
                        var row = (y * stride) + tap - padding;
                        if ((uint)row >= (uint)shape.Height)
                        {
                            continue;
                        }

                        var (spike, end) = spikes.Between(image, row, Math.Max(left, 0), Math.Min(left + kernel, shape.Width));
                        var tapWeights = weights + ((((long)tap * kernel) - left) * shape.Inputs * rowWeights);
                        for (; spike < end; spike++)
                        {
                            sum = Columns<T>.MultiplyAdd(Vector512.Create(spikes.Values[spike]), Vector512.Load(tapWeights + spikes.Offsets[spike]), sum);
                        }
                    }

                    sum.Store(outputs);
                }
            }
        }
    }
}

/// <summary>Channels are worked on in blocks of four vectors, the rest one vector at a time.</summary>
internal static class Columns<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Channels in one vector: what channels are padded to a multiple of.</summary>
    public static int Narrow => Vector512<T>.Count;

    /// <summary>Channels in two vectors.</summary>
    public static int Pair => 2 * Vector512<T>.Count;

    /// <summary>Channels in four vectors.</summary>
    public static int Wide => 4 * Vector512<T>.Count;

    /// <summary>The next multiple of a vector's length.</summary>
    public static int Padded(int channels) => (channels + Narrow - 1) / Narrow * Narrow;

    /// <summary>How wide the block of columns is that a column lies in: four vectors as far as they go, then two, then one.</summary>
    /// <param name="column">The column.</param>
    /// <param name="columns">All of them, a multiple of a vector's length.</param>
    public static int BlockAt(int column, int columns) =>
        column < columns / Wide * Wide ? Wide : column < columns / Pair * Pair ? Pair : Narrow;

    /// <summary>Where that block begins.</summary>
    public static int StartOfBlock(int column, int columns) => column / BlockAt(column, columns) * BlockAt(column, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> left, Vector512<T> right, Vector512<T> addend) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(left.AsSingle(), right.AsSingle(), addend.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(left.AsDouble(), right.AsDouble(), addend.AsDouble()).As<double, T>();
}

/// <summary>The spikes of some images, row by row of pixels: their values, and where their weights are.</summary>
internal sealed unsafe class SpikeRows<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ConvolutionShape _shape;
    private readonly int* _starts;

    public SpikeRows(ConvolutionShape shape, int images)
    {
        _shape = shape;
        var values = (nuint)images * (nuint)shape.Height * (nuint)shape.Width * (nuint)shape.Inputs;
        Offsets = (int*)NativeMemory.Alloc(values, sizeof(int));
        Values = (T*)NativeMemory.Alloc(values, (nuint)sizeof(T));
        _starts = (int*)NativeMemory.Alloc((nuint)images * (nuint)shape.Height * (nuint)(shape.Width + 1), sizeof(int));
    }

    /// <summary>Of each spike, (column·C + channel)·K.</summary>
    public int* Offsets { get; }

    /// <summary>Each spike's value: 1, or a small whole number where spikes were added up, or a pixel.</summary>
    public T* Values { get; }

    /// <summary>Whether all values are 1.</summary>
    public bool AreBinary { get; private set; }

    /// <summary>Which spikes of a row lie in some of its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int First, int End) Between(int image, int row, int left, int right)
    {
        var starts = _starts + ((((long)image * _shape.Height) + row) * (_shape.Width + 1));
        return (starts[left], starts[Math.Max(left, right)]);
    }

    /// <summary>Lists the spikes of images [M, H, W, C].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void List(T* pixels, int images)
    {
        var (channels, width, outputs) = (_shape.Inputs, _shape.Width, _shape.Outputs);
        int* offsets = Offsets, starts = _starts;
        var values = Values;
        var (count, odd, length) = (0, Vector512<T>.Zero, width * channels);
        for (long row = 0; row < (long)images * _shape.Height; row++, pixels += length)
        {
            // Columns begin at multiples of C: what was listed before the next one is noted when it is reached.
            var next = 0;
            for (var at = 0; at < length; at += Vector512<T>.Count)
            {
                var spiking = Spiking(pixels + at, length - at, ref odd);
                for (; spiking != 0; spiking &= spiking - 1)
                {
                    var place = at + BitOperations.TrailingZeroCount(spiking);
                    for (; next <= place; next += channels)
                    {
                        *starts++ = count;
                    }

                    offsets[count] = place * outputs;
                    values[count++] = pixels[place];
                }
            }

            for (; next <= length; next += channels)
            {
                *starts++ = count;
            }
        }

        // Bits are what counts: an odd NaN is as odd as a 2.
        AreBinary = odd.AsByte() == Vector512<byte>.Zero;
    }

    /// <summary>Which of a vector of values are not zero; fewer at the end of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spiking(T* pixels, int left, ref Vector512<T> odd)
    {
        var values = left >= Vector512<T>.Count ? Vector512.Load(pixels) : Rest(pixels, left);
        var silent = Vector512.Equals(values, Vector512<T>.Zero);
        odd |= ~(silent | Vector512.Equals(values, Vector512<T>.One));
        return (~silent).ExtractMostSignificantBits();
    }

    private static Vector512<T> Rest(T* pixels, int count)
    {
        Vector512<T> rest = default;
        Unsafe.CopyBlockUnaligned(&rest, pixels, (uint)(count * sizeof(T)));
        return rest;
    }

    public void Dispose()
    {
        NativeMemory.Free(Offsets);
        NativeMemory.Free(Values);
        NativeMemory.Free(_starts);
    }
}
