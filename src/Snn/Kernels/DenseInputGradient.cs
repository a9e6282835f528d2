using System.Numerics;
using System.Runtime.InteropServices;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The input gradient of a convolution. Gradients through surrogates are not sparse, so these are dense products, but only of those
/// pixels that a pixel of the kernel really joins. A sum's order is that of the kernel's pixels and output channels alone: an
/// image's bits depend neither on the others in the call nor on the number of threads.
/// </summary>
internal static unsafe class DenseInputGradient
{
    /// <summary>Computes.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="inputGradients">[M, H, W, C], written. C a multiple of a vector's length.</param>
    public static void Compute<T>(ConvolutionShape shape, T* gradients, T* weights, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var panels = new WeightPanels<T>(shape, weights);
        var joins = Enumerable.Range(0, shape.Taps).Select(tap => shape.Joins(tap).Select(join => (join.Output, join.Input)).ToArray()).ToArray();
        var tile = DenseConvolution.Tile<T>(shape);
        var from = new Pixels<T>(gradients, shape.OutputHeight * shape.OutputWidth, shape.Outputs);
        var to = new Pixels<T>(inputGradients, shape.Height * shape.Width, shape.Inputs);
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            for (var start = first; start < last; start += tile)
            {
                Compute(shape, joins, Math.Min(tile, last - start), panels, from.FromImage(start), to.FromImage(start));
            }
        });
    }

    private static void Compute<T>(
        ConvolutionShape shape, (int From, int To)[][] joins, int images, WeightPanels<T> panels, Pixels<T> gradients, Pixels<T> inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NativeMemory.Clear(inputGradients.At(0, 0), (nuint)(images * inputGradients.ImageSize * sizeof(T)));
        for (int channel = 0, width; channel < shape.Inputs; channel += width)
        {
            width = Columns<T>.BlockAt(channel, shape.Inputs);
            for (var tap = 0; tap < shape.Taps; tap++)
            {
                for (var depth = 0; depth < shape.Outputs; depth += DenseProduct.Depth)
                {
                    // Few weights for many rows: they stay in the nearest cache.
                    var walk = Walk.Along(Math.Min(DenseProduct.Depth, shape.Outputs - depth));
                    var rows = new DenseRows<T>(width, walk, panels.Of(tap, channel, depth), width);
                    rows.Add(images, joins[tap], gradients.FromChannel(depth), inputGradients.FromChannel(channel));
                    rows.End();
                }
            }
        }
    }
}

/// <summary>
/// A convolution's weights the way its input gradient reads them: for every pixel of the kernel and block of input channels, output
/// channel by output channel.
/// </summary>
internal sealed unsafe class WeightPanels<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ConvolutionShape _shape;
    private readonly T* _values;

    /// <summary>Rearranges weights, [kernel, kernel, C, K]: of those of the kernel's pixels that join any.</summary>
    public WeightPanels(ConvolutionShape shape, T* weights)
    {
        _shape = shape;
        _values = (T*)NativeMemory.AlignedAlloc((nuint)shape.Taps * (nuint)shape.Inputs * (nuint)shape.Outputs * (nuint)sizeof(T), 64);
        ThreadTeam.Run(shape.Taps * (shape.Inputs / Columns<T>.Narrow), (first, last) =>
        {
            for (var piece = first; piece < last; piece++)
            {
                var (tap, block) = (piece % shape.Taps, piece / shape.Taps);
                if (Joins(tap / shape.Kernel, shape.Height, shape.OutputHeight) && Joins(tap % shape.Kernel, shape.Width, shape.OutputWidth))
                {
                    Turn(tap, block * Columns<T>.Narrow, weights);
                }
            }
        });
    }

    /// <summary>The panel of a pixel of the kernel: from an output channel on, for the block of input channels that begins with one.</summary>
    public T* Of(int tap, int channel, int depth)
    {
        var start = Columns<T>.StartOfBlock(channel, _shape.Inputs);
        return _values + ((((long)tap * _shape.Inputs) + start) * _shape.Outputs) + ((long)depth * Columns<T>.BlockAt(channel, _shape.Inputs));
    }

    public void Dispose() => NativeMemory.AlignedFree(_values);

    private bool Joins(int tap, int inputs, int outputs) =>
        Enumerable.Range(0, inputs).Any(input => _shape.Reach(input, tap, outputs) >= 0);

    private void Turn(int tap, int channel, T* weights)
    {
        var width = Columns<T>.BlockAt(channel, _shape.Inputs);
        var to = Of(tap, channel, depth: 0) + (channel % width);
        var from = weights + ((((long)tap * _shape.Inputs) + channel) * _shape.Outputs);
        for (var output = 0; output < _shape.Outputs; output++, to += width)
        {
            for (var input = 0; input < Columns<T>.Narrow; input++)
            {
                to[input] = from[((long)input * _shape.Outputs) + output];
            }
        }
    }
}
