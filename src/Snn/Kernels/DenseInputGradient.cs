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
    // Gradients of so many images stay in the second cache beside the weights.
    private const long TileBytes = 1 << 19;

    /// <summary>Computes.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="inputGradients">[M, H, W, C], written. C a multiple of a vector's length.</param>
    public static void Compute<T>(ConvolutionShape shape, T* gradients, T* weights, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var panels = new WeightPanels<T>(shape, weights);
        var joins = Enumerable.Range(0, shape.Taps).Select(tap => Joins(shape, tap)).ToArray();
        var tile = (int)Math.Clamp(TileBytes / ImageBytes<T>(shape), 1, Math.Max(1, shape.Images));
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            for (var start = first; start < last; start += tile)
            {
                var images = Math.Min(tile, last - start);
                Compute(
                    shape,
                    images,
                    joins,
                    panels,
                    gradients + ((long)start * shape.OutputHeight * shape.OutputWidth * shape.Outputs),
                    inputGradients + ((long)start * shape.Height * shape.Width * shape.Inputs));
            }
        });
    }

    private static void Compute<T>(
        ConvolutionShape shape, int images, (int Input, int Output)[][] joins, WeightPanels<T> panels, T* gradients, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NativeMemory.Clear(inputGradients, (nuint)images * (nuint)(shape.Height * shape.Width * shape.Inputs) * (nuint)sizeof(T));
        for (var channel = 0; channel < shape.Inputs; channel += Columns<T>.BlockAt(channel, shape.Inputs))
        {
            var width = Columns<T>.BlockAt(channel, shape.Inputs);
            for (var tap = 0; tap < shape.Taps; tap++)
            {
                for (var depth = 0; depth < shape.Outputs; depth += DenseProduct.Depth)
                {
                    // Few weights for many rows: they stay in the nearest cache.
                    var depths = Math.Min(DenseProduct.Depth, shape.Outputs - depth);
                    Add(shape, images, joins[tap], panels.Of(tap, channel, depth), width, gradients + depth, depths, inputGradients + channel);
                }
            }
        }
    }

    private static long ImageBytes<T>(ConvolutionShape shape)
        where T : unmanaged =>
        (((long)shape.Height * shape.Width * shape.Inputs) + ((long)shape.OutputHeight * shape.OutputWidth * shape.Outputs)) * sizeof(T);

    /// <summary>Which output pixel each input pixel reaches through a pixel of the kernel, of those that reach any.</summary>
    private static (int Input, int Output)[] Joins(ConvolutionShape shape, int tap) =>
    [
        .. from y in Enumerable.Range(0, shape.Height)
           let outputY = shape.Reach(y, tap / shape.Kernel, shape.OutputHeight)
           where outputY >= 0
           from x in Enumerable.Range(0, shape.Width)
           let outputX = shape.Reach(x, tap % shape.Kernel, shape.OutputWidth)
           where outputX >= 0
           select ((y * shape.Width) + x, (outputY * shape.OutputWidth) + outputX),
    ];

    private static void Add<T>(
        ConvolutionShape shape, int images, (int Input, int Output)[] joins, T* panel, int width, T* gradients, int depths, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long imageGradients = (long)shape.OutputHeight * shape.OutputWidth * shape.Outputs, imageInputs = (long)shape.Height * shape.Width * shape.Inputs;
        var rows = new DenseRows<T>(width, Walk.Along(depths), panel, width);
        for (var image = 0; image < images; image++)
        {
            foreach (var (input, output) in joins)
            {
                rows.Add(
                    gradients + (image * imageGradients) + ((long)output * shape.Outputs),
                    inputGradients + (image * imageInputs) + ((long)input * shape.Inputs));
            }
        }

        rows.End();
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
