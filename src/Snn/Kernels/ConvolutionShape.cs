namespace SpikeTrail.Snn.Kernels;

/// <summary>The sizes of a convolution: square kernel, the same stride and padding on both axes.</summary>
/// <param name="Images">M: images, of all time steps together.</param>
/// <param name="Inputs">C: input channels.</param>
/// <param name="Height">Rows of an input image.</param>
/// <param name="Width">Columns of an input image.</param>
/// <param name="Outputs">K: output channels.</param>
/// <param name="Kernel">Side of the kernel in pixels.</param>
/// <param name="Stride">Step in pixels.</param>
/// <param name="Padding">Zeros around the image in pixels.</param>
internal readonly record struct ConvolutionShape(int Images, int Inputs, int Height, int Width, int Outputs, int Kernel, int Stride, int Padding)
{
    /// <summary>Rows of an output image.</summary>
    public int OutputHeight => ((Height + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>Columns of an output image.</summary>
    public int OutputWidth => ((Width + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>The kernel's pixels.</summary>
    public int Taps => Kernel * Kernel;

    /// <summary>The input pixel, row by row, that a pixel of the kernel (a tap) lies on where the kernel is at an output pixel; -1 beside the image.</summary>
    public int Under(int y, int x, int tap)
    {
        var (row, column) = ((y * Stride) - Padding + (tap / Kernel), (x * Stride) - Padding + (tap % Kernel));
        return (uint)row < (uint)Height && (uint)column < (uint)Width ? (row * Width) + column : -1;
    }

    /// <summary>
    /// The output row (or column) that an input row (or column) reaches through a row (or column) of the kernel; -1 where there is none.
    /// At 2×2 pixels most taps of a padded 3×3 kernel reach nothing: kernels compute only what does.
    /// </summary>
    /// <param name="input">The input's row or column.</param>
    /// <param name="tap">The kernel's.</param>
    /// <param name="outputs">How many rows or columns the output has.</param>
    public int Reach(int input, int tap, int outputs)
    {
        var from = input + Padding - tap;
        return from >= 0 && from % Stride == 0 && from / Stride < outputs ? from / Stride : -1;
    }

    /// <summary>The output pixel that an input pixel reaches through a pixel of the kernel (a tap), both row by row; -1 where there is none.</summary>
    public int Reach(int input, int tap)
    {
        var (y, x) = (Reach(input / Width, tap / Kernel, OutputHeight), Reach(input % Width, tap % Kernel, OutputWidth));
        return y < 0 || x < 0 ? -1 : (y * OutputWidth) + x;
    }
}
