using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// A convolution of spikes: sums the weights of the inputs that are not zero, pixel by pixel, and passes over the rest, where an input of
/// zero adds nothing, whatever the weight. At one spike in five it beats a dense product that runs at the processor's peak. An image of
/// which most inputs spike is left to <see cref="DenseConvolution"/>. A sum's order is that of the kernel's pixels and channels alone: an
/// image's bits depend neither on the others in the call nor on the number of threads.
/// </summary>
internal static unsafe class SpikeConvolution
{
    // Lists of so many images stay in the second cache beside the weights.
    private const int ListBytes = 1 << 20;

    // Outputs of so many images stay in the nearest cache beside a block of weights.
    private const int OutputBytes = 1 << 14;

    /// <summary>Convolves.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="weights">[kernel, kernel, C, K], K a multiple of a vector's length.</param>
    /// <param name="outputs">[M, H', W', K], written.</param>
    public static void Forward<T>(ConvolutionShape shape, T* inputs, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var from = new Pixels<T>(inputs, shape.Height * shape.Width, shape.Inputs);
        var to = new Pixels<T>(outputs, shape.OutputHeight * shape.OutputWidth, shape.Outputs);
        var tile = (int)Math.Clamp(ListBytes / (from.ImageSize * (sizeof(int) + sizeof(T))), 1, shape.Images);
        var joins = ConvolutionJoins.Of(shape).Forward;
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            using var spikes = new SpikeLists<T>(shape, tile);
            foreach (var (start, end, dense) in InputDensity.Runs(from, first, last))
            {
                if (dense)
                {
                    DenseConvolution.Forward(shape, joins, end - start, from.FromImage(start), weights, to.FromImage(start));
                    continue;
                }

                for (var image = start; image < end; image += tile)
                {
                    var images = Math.Min(tile, end - image);
                    spikes.List(from.At(image, 0), images);
                    Convolve(shape, spikes, images, weights, to.At(image, 0));
                }
            }
        });
    }

    private static void Convolve<T>(ConvolutionShape shape, SpikeLists<T> spikes, int images, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pixels = shape.OutputHeight * shape.OutputWidth;
        NativeMemory.Clear(outputs, (nuint)images * (nuint)pixels * (nuint)shape.Outputs * (nuint)sizeof(T));
        var few = Math.Max(1, OutputBytes / (pixels * Columns<T>.Wide * sizeof(T)));
        for (var channel = 0; channel < shape.Outputs;)
        {
            var wide = channel <= shape.Outputs - Columns<T>.Wide;
            for (var image = 0; image < images; image += few)
            {
                var some = image..Math.Min(image + few, images);
                for (var tap = 0; tap < shape.Taps; tap++)
                {
                    for (var block = 0; block < spikes.Blocks; block++)
                    {
                        var from = weights + ((((long)tap * shape.Inputs) + (block * spikes.BlockSize)) * shape.Outputs) + channel;
                        if (wide)
                        {
                            Add(shape, spikes, some, tap, block, from, outputs + channel);
                        }
                        else
                        {
                            AddNarrow(shape, spikes, some, tap, block, from, outputs + channel);
                        }
                    }
                }
            }

            channel += wide ? Columns<T>.Wide : Columns<T>.Narrow;
        }
    }

    /// <summary>Adds what comes through one pixel of the kernel from one block of input channels, four vectors of output channels wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(ConvolutionShape shape, SpikeLists<T> spikes, Range images, int tap, int block, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var offsets = spikes.Offsets;
        var values = spikes.Values;
        var spare = stackalloc T[Columns<T>.Wide];
        var (rows, columns) = (Reached(shape.OutputHeight, tap / shape.Kernel, shape.Height, shape), Reached(shape.OutputWidth, tap % shape.Kernel, shape.Width, shape));
        for (var image = images.Start.Value; image < images.End.Value; image++)
        {
            for (var y = rows.First; y < rows.End; y++)
            {
                var (row, left) = ((y * shape.Stride) + (tap / shape.Kernel) - shape.Padding, (tap % shape.Kernel) - shape.Padding);
                for (var x = columns.First; x < columns.End; x += 2)
                {
                    var pair = x + 1 < columns.End;
                    var to = outputs + (((((long)image * shape.OutputHeight) + y) * shape.OutputWidth) + x) * shape.Outputs;
                    var one = spikes.Of(image, row, (x * shape.Stride) + left, block);
                    var other = pair ? spikes.Of(image, row, ((x + 1) * shape.Stride) + left, block) : default;
                    SpikeSums.Add(weights, offsets, values, one, to, other, pair ? to + shape.Outputs : spare);
                }
            }
        }
    }

    /// <summary>The same for one vector of output channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNarrow<T>(ConvolutionShape shape, SpikeLists<T> spikes, Range images, int tap, int block, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, columns) = (Reached(shape.OutputHeight, tap / shape.Kernel, shape.Height, shape), Reached(shape.OutputWidth, tap % shape.Kernel, shape.Width, shape));
        for (var image = images.Start.Value; image < images.End.Value; image++)
        {
            for (var y = rows.First; y < rows.End; y++)
            {
                var (row, left) = ((y * shape.Stride) + (tap / shape.Kernel) - shape.Padding, (tap % shape.Kernel) - shape.Padding);
                for (var x = columns.First; x < columns.End; x++)
                {
                    var to = outputs + (((((long)image * shape.OutputHeight) + y) * shape.OutputWidth) + x) * shape.Outputs;
                    SpikeSums.AddNarrow(weights, spikes.Offsets, spikes.Values, spikes.Of(image, row, (x * shape.Stride) + left, block), to);
                }
            }
        }
    }

    /// <summary>The output rows (or columns) for which a row (or column) of the kernel lies on the image.</summary>
    private static (int First, int End) Reached(int outputs, int tap, int inputs, ConvolutionShape shape)
    {
        var first = Math.Max(0, (shape.Padding - tap + shape.Stride - 1) / shape.Stride);
        var end = inputs - 1 - tap + shape.Padding < 0 ? 0 : ((inputs - 1 - tap + shape.Padding) / shape.Stride) + 1;
        return (first, Math.Min(end, outputs));
    }
}

/// <summary>Columns of memory are worked on in blocks of whole vectors: dense products take four, two or one, sums of spikes four or one.</summary>
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

/// <summary>The spikes of some images, pixel by pixel and block by block of channels: their values, and where their weights are.</summary>
internal sealed unsafe class SpikeLists<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // The weights of so many input channels stay in the nearest cache.
    private const int ManyChannels = 128;

    private readonly ConvolutionShape _shape;
    private readonly int* _starts;

    public SpikeLists(ConvolutionShape shape, int images)
    {
        _shape = shape;
        BlockSize = shape.Inputs % ManyChannels == 0 ? ManyChannels : shape.Inputs;
        Blocks = shape.Inputs / BlockSize;
        var pixels = (nuint)images * (nuint)shape.Height * (nuint)shape.Width;
        var most = (pixels * (nuint)shape.Inputs) + (nuint)Vector512<T>.Count;
        Offsets = (int*)NativeMemory.Alloc(most, sizeof(int));
        Values = (T*)NativeMemory.Alloc(most, (nuint)sizeof(T));
        _starts = (int*)NativeMemory.Alloc((pixels * (nuint)Blocks) + 1, sizeof(int));
    }

    /// <summary>Input channels in a block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks that a pixel's channels have.</summary>
    public int Blocks { get; }

    /// <summary>Of each spike, where its weights begin after those of its block: channel·K.</summary>
    public int* Offsets { get; }

    /// <summary>Each spike's value: 1, or a small whole number where spikes were added up, or a pixel.</summary>
    public T* Values { get; }

    /// <summary>The spikes of a block of a pixel's channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SpikeList Of(int image, int row, int column, int block)
    {
        var start = _starts + (((((((long)image * _shape.Height) + row) * _shape.Width) + column) * Blocks) + block);
        return new SpikeList(start[0], start[1]);
    }

    /// <summary>Lists the spikes of images [M, H, W, C].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void List(T* pixels, int images)
    {
        var (size, outputs) = (BlockSize, _shape.Outputs);
        int* offsets = Offsets, starts = _starts;
        var values = Values;
        var count = 0;
        var blocks = (long)images * _shape.Height * _shape.Width * Blocks;
        for (long block = 0; block < blocks; block++, pixels += size)
        {
            starts[block] = count;
            var at = 0;
            for (; typeof(T) == typeof(float) && at <= size - Vector512<T>.Count; at += Vector512<T>.Count)
            {
                count += ListVector((float*)pixels + at, at, offsets + count, (float*)values + count);
            }

            for (; at < size; at++)
            {
                if (pixels[at] != T.Zero)
                {
                    offsets[count] = at * outputs;
                    values[count++] = pixels[at];
                }
            }
        }

        starts[blocks] = count;
    }

    /// <summary>Lists the spikes of a vector of channels, side by side; what is written after them is written again.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ListVector(float* pixels, int channel, int* offsets, float* values)
    {
        var inputs = Vector512.Load(pixels);
        var spiking = ~Vector512.Equals(inputs, Vector512<float>.Zero);
        var places = (Vector512<int>.Indices + Vector512.Create(channel)) * _shape.Outputs;
        Avx512F.Compress(Vector512<int>.Zero, spiking.AsInt32(), places).Store(offsets);
        Avx512F.Compress(Vector512<float>.Zero, spiking, inputs).Store(values);
        return BitOperations.PopCount(spiking.ExtractMostSignificantBits());
    }

    public void Dispose()
    {
        NativeMemory.Free(Offsets);
        NativeMemory.Free(Values);
        NativeMemory.Free(_starts);
    }
}
