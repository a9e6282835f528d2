using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The input gradient of a convolution of few channels, as that of a network's own images: of every output pixel, one dense product
/// with all the kernel's pixels at once, added to the patch of the image that the kernel covers. (<see cref="DenseInputGradient"/>
/// works on vectors of input channels: of three it would waste most.)
/// </summary>
internal static unsafe class PatchInputGradient
{
    /// <summary>Computes.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="inputGradients">[M, H, W, C], written.</param>
    public static void Compute<T>(ConvolutionShape shape, T* gradients, T* weights, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // As one pixel of so many channels that they fill blocks of four vectors.
        var patch = shape.Taps * shape.Inputs;
        var width = (patch + Columns<T>.Wide - 1) / Columns<T>.Wide * Columns<T>.Wide;
        var flat = new ConvolutionShape(shape.Images, width, Height: 1, Width: 1, shape.Outputs, Kernel: 1, Stride: 1, Padding: 0);
        var padded = (T*)NativeMemory.AllocZeroed((nuint)width * (nuint)shape.Outputs, (nuint)sizeof(T));
        new Span<T>(weights, patch * shape.Outputs).CopyTo(new Span<T>(padded, patch * shape.Outputs));
        using var panels = new WeightPanels<T>(flat, padded);
        NativeMemory.Free(padded);
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            var patches = (T*)NativeMemory.AlignedAlloc((nuint)(DenseProduct.Rows * width * sizeof(T)), 64);
            for (var image = first; image < last; image++)
            {
                Compute(
                    shape,
                    panels,
                    gradients + ((long)image * shape.OutputHeight * shape.OutputWidth * shape.Outputs),
                    new Span<T>(patches, DenseProduct.Rows * width),
                    inputGradients + ((long)image * shape.Height * shape.Width * shape.Inputs));
            }

            NativeMemory.AlignedFree(patches);
        });
    }

    private static void Compute<T>(ConvolutionShape shape, WeightPanels<T> panels, T* gradients, Span<T> patches, T* image)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        new Span<T>(image, shape.Height * shape.Width * shape.Inputs).Clear();
        var (pixels, width) = (shape.OutputHeight * shape.OutputWidth, patches.Length / DenseProduct.Rows);
        T** from = stackalloc T*[DenseProduct.Rows], to = stackalloc T*[DenseProduct.Rows];
        for (var pixel = 0; pixel < pixels; pixel += DenseProduct.Rows)
        {
            patches.Clear();
            for (var channel = 0; channel < width; channel += Columns<T>.Wide)
            {
                for (var depth = 0; depth < shape.Outputs; depth += DenseProduct.Depth)
                {
                    for (var row = 0; row < DenseProduct.Rows; row++)
                    {
                        from[row] = gradients + ((long)Math.Min(pixel + row, pixels - 1) * shape.Outputs) + depth;
                        to[row] = (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref patches[(row * width) + channel]);
                    }

                    DenseProduct.MultiplyAdd(from, panels.Of(tap: 0, channel, depth), to, Math.Min(DenseProduct.Depth, shape.Outputs - depth));
                }
            }

            for (var row = 0; row < Math.Min(DenseProduct.Rows, pixels - pixel); row++)
            {
                AddPatch(shape, patches.Slice(row * width, width), pixel + row, image);
            }
        }
    }

    private static void AddPatch<T>(ConvolutionShape shape, Span<T> patch, int pixel, T* image)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (top, left) = ((pixel / shape.OutputWidth * shape.Stride) - shape.Padding, (pixel % shape.OutputWidth * shape.Stride) - shape.Padding);
        var (start, end) = (Math.Max(left, 0), Math.Min(left + shape.Kernel, shape.Width));
        for (var tap = Math.Max(0, -top); tap < shape.Kernel && top + tap < shape.Height; tap++)
        {
            var from = patch.Slice(((tap * shape.Kernel) + start - left) * shape.Inputs, (end - start) * shape.Inputs);
            var to = image + ((((long)(top + tap) * shape.Width) + start) * shape.Inputs);
            Add(from, to);
        }
    }

    private static void Add<T>(ReadOnlySpan<T> from, T* to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* values = from)
        {
            var i = 0;
            for (; i <= from.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                (Vector512.Load(to + i) + Vector512.Load(values + i)).Store(to + i);
            }

            for (; i < from.Length; i++)
            {
                to[i] += values[i];
            }
        }
    }
}
