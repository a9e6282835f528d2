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
        var joins = ConvolutionJoins.Of(shape).Backward;
        using var panels = new WeightPanels<T>(shape, joins, weights);
        var from = new Pixels<T>(gradients, shape.OutputHeight * shape.OutputWidth, shape.Outputs);
        var to = new Pixels<T>(inputGradients, shape.Height * shape.Width, shape.Inputs);
        ThreadTeam.Run(shape.Images, (first, last) => DensePixels.Multiply(joins, last - first, from.FromImage(first), panels, to.FromImage(first)));
    }
}

/// <summary>
/// A convolution's weights the way its input gradient reads them: for every pixel of the kernel and block of input channels, output
/// channel by output channel.
/// </summary>
internal sealed unsafe class WeightPanels<T> : IPanels<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ConvolutionShape _shape;
    private readonly T* _values;

    /// <summary>Rearranges weights, [kernel, kernel, C, K]: of those of the kernel's pixels that join any.</summary>
    public WeightPanels(ConvolutionShape shape, (int Output, int Input)[][] joins, T* weights)
    {
        _shape = shape;
        _values = (T*)NativeMemory.AlignedAlloc((nuint)shape.Taps * (nuint)shape.Inputs * (nuint)shape.Outputs * (nuint)sizeof(T), 64);
        ThreadTeam.Run(shape.Taps * (shape.Inputs / Columns<T>.Narrow), (first, last) =>
        {
            for (var piece = first; piece < last; piece++)
            {
                var (tap, block) = (piece % shape.Taps, piece / shape.Taps);
                if (joins[tap].Length > 0)
                {
                    Turn(tap, block * Columns<T>.Narrow, weights);
                }
            }
        });
    }

    /// <summary>The panel of a pixel of the kernel: from an output channel on, for the block of input channels that begins with one.</summary>
    public T* Of(int tap, int column, int depth)
    {
        var start = Columns<T>.StartOfBlock(column, _shape.Inputs);
        return _values + ((((long)tap * _shape.Inputs) + start) * _shape.Outputs) + ((long)depth * Columns<T>.BlockAt(column, _shape.Inputs));
    }

    /// <inheritdoc/>
    public int Step(int width) => width;

    public void Dispose() => NativeMemory.AlignedFree(_values);

    private void Turn(int tap, int channel, T* weights)
    {
        var width = Columns<T>.BlockAt(channel, _shape.Inputs);
        var to = Of(tap, channel, depth: 0) + (channel % width);
        var from = weights + ((((long)tap * _shape.Inputs) + channel) * _shape.Outputs);
        for (var output = 0; output < _shape.Outputs; output += Columns<T>.Narrow, from += Columns<T>.Narrow, to += (long)Columns<T>.Narrow * width)
        {
            Transposition.RowsToColumns(from, _shape.Outputs, to, width, Math.Min(Columns<T>.Narrow, _shape.Outputs - output));
        }
    }
}
