using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Two sums for each channel: of values, and of their products with x − centre. A few values at a time are added in the tensors' precision,
/// then in float64, chunk by chunk; chunks are added in their order, so that the bits do not depend on the number of threads.
/// </summary>
/// <param name="chunks">How many chunks.</param>
/// <param name="channels">C.</param>
internal sealed unsafe class ChannelSums(int chunks, int channels)
{
    // Rows that are added in the tensors' precision.
    private const int FewRows = 16;

    private readonly double[] _sums = new double[2L * chunks * channels];

    /// <summary>Σ of each channel's values; the caller's own array.</summary>
    public double[] OfValues => Total(0);

    /// <summary>Σ of each channel's values times x − centre; the caller's own array.</summary>
    public double[] OfProducts => Total(1);

    /// <summary>Σ (x − centre) and Σ (x − centre)² of a window, channels last in memory.</summary>
    public static ChannelSums OfDeviations(Tensor inputs_WNCHW, double[] centre) => inputs_WNCHW.dtype == ScalarType.Float32
        ? OfDeviations<float>(inputs_WNCHW, centre)
        : OfDeviations<double>(inputs_WNCHW, centre);

    /// <summary>Σ g and Σ g·(x − centre) of a window, channels last in memory: what <see cref="Chunk{T}"/> adds up, step by step from the last.</summary>
    public static ChannelSums OfGradients(Tensor inputs_WNCHW, Tensor gradients_WNCHW, double[] centre) => inputs_WNCHW.dtype == ScalarType.Float32
        ? OfGradients<float>(inputs_WNCHW, gradients_WNCHW, centre)
        : OfGradients<double>(inputs_WNCHW, gradients_WNCHW, centre);

    private static ChannelSums OfDeviations<T>(Tensor inputs_WNCHW, double[] centre)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var blocks = ChannelBlocks.OfWhole<T>(inputs_WNCHW);
        var sums = new ChannelSums(blocks.Chunks, blocks.Channels);
        using var tile = new ChannelTile<T>(centre, blocks);
        T* inputs = TensorMemory.Of<T>(inputs_WNCHW), centres = tile.Start;
        ThreadTeam.Run(blocks.Chunks, (first, last) =>
        {
            for (var number = first; number < last; number++)
            {
                using var chunk = new Chunk<T>(sums, number, centres, blocks);
                foreach (var (start, count) in blocks.Of(number, number + 1))
                {
                    chunk.Add(null, inputs + start, count);
                }
            }
        });
        return sums;
    }

    private static ChannelSums OfGradients<T>(Tensor inputs_WNCHW, Tensor gradients_WNCHW, double[] centre)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var blocks = ChannelBlocks.OfSteps<T>(inputs_WNCHW);
        var sums = new ChannelSums(blocks.Chunks, blocks.Channels);
        using var tile = new ChannelTile<T>(centre, blocks);
        T* inputs = TensorMemory.Of<T>(inputs_WNCHW), gradients = TensorMemory.Of<T>(gradients_WNCHW), centres = tile.Start;
        var steps = inputs_WNCHW.shape[0];
        ThreadTeam.Run(blocks.Chunks, (first, last) =>
        {
            for (var number = first; number < last; number++)
            {
                using var chunk = new Chunk<T>(sums, number, centres, blocks);
                foreach (var (start, count) in blocks.Of(number, number + 1))
                {
                    for (var step = steps - 1; step >= 0; step--)
                    {
                        var row = step * blocks.RowSize + start;
                        chunk.Add(gradients + row, inputs + row, count);
                    }
                }
            }
        });
        return sums;
    }

    private double[] Total(int which)
    {
        var total = new double[channels];
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var part = OfChunk(chunk).Slice(which * channels, channels);
            for (var channel = 0; channel < channels; channel++)
            {
                total[channel] += part[channel];
            }
        }

        return total;
    }

    private Span<double> OfChunk(int chunk) => _sums.AsSpan(2 * chunk * channels, 2 * channels);

    /// <summary>The sums of one chunk while they are being taken; disposing it ends them.</summary>
    public sealed class Chunk<T> : IDisposable
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ChannelSums _sums;
        private readonly int _number;
        private readonly int _channels;
        private readonly int _size;
        private readonly T* _centre;
        private readonly Scratch<T> _tiles;
        private int _rows;

        /// <summary>Begins them.</summary>
        /// <param name="sums">Where they go.</param>
        /// <param name="number">The chunk's number.</param>
        /// <param name="centre">A tile of the channels' centres.</param>
        /// <param name="blocks">How the window is taken apart.</param>
        public Chunk(ChannelSums sums, int number, T* centre, ChannelBlocks blocks)
        {
            (_sums, _number, _channels, _size) = (sums, number, blocks.Channels, blocks.Size);
            _centre = centre;
            _tiles = new Scratch<T>(2 * _size);
            Clear();
        }

        /// <summary>Adds a row of a block: values, or null for x − centre, and x.</summary>
        public void Add(T* values, T* x, int count)
        {
            AddRow(values, x, _centre, _tiles.Start, _tiles.Start + _size, count);
            if (++_rows == FewRows)
            {
                Fold();
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Fold();
            _tiles.Dispose();
        }

        private void Clear()
        {
            new Span<T>(_tiles.Start, 2 * _size).Clear();
            _rows = 0;
        }

        private void Fold()
        {
            fixed (double* sums = _sums.OfChunk(_number))
            {
                FoldTile(_tiles.Start, sums);
                FoldTile(_tiles.Start + _size, sums + _channels);
            }

            Clear();
        }

        private void FoldTile(T* tile, double* sums)
        {
            for (var pixel = 0; pixel < _size; pixel += _channels)
            {
                AddWidened(tile + pixel, sums, _channels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow<T>(T* values, T* x, T* centre, T* sums, T* products, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var deviation = Vector.Load(x + i) - Vector.Load(centre + i);
            var value = values == null ? deviation : Vector.Load(values + i);
            Vector.Store(Vector.Load(sums + i) + value, sums + i);
            Vector.Store(NeuronKernel.FusedMultiplyAdd(value, deviation, Vector.Load(products + i)), products + i);
        }

        for (; i < count; i++)
        {
            var deviation = x[i] - centre[i];
            var value = values == null ? deviation : values[i];
            sums[i] += value;
            products[i] = T.FusedMultiplyAdd(value, deviation, products[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWidened<T>(T* values, double* sums, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        if (typeof(T) == typeof(float))
        {
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(Vector.Load((float*)values + i), out var low, out var high);
                Vector.Store(Vector.Load(sums + i) + low, sums + i);
                Vector.Store(Vector.Load(sums + i + Vector<double>.Count) + high, sums + i + Vector<double>.Count);
            }
        }

        for (; i < count; i++)
        {
            sums[i] += double.CreateTruncating(values[i]);
        }
    }
}
