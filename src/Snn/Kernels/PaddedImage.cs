using System.Numerics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// An image with its zeros around it, [H + 2·padding, W + 2·padding, C]; its rows are long enough to take whole vectors at every step of the
/// kernel. All that lies under a row of the kernel is side by side.
/// </summary>
internal readonly unsafe struct PaddedImage<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public PaddedImage(ConvolutionShape shape)
    {
        Shape = shape;
        Row = shape.Kernel * shape.Inputs;
        WholeRow = Columns<T>.Padded(Row);
        var lastStep = (shape.OutputWidth - 1) * shape.Stride * shape.Inputs;
        RowSize = Math.Max((shape.Width + (2 * shape.Padding)) * shape.Inputs, lastStep + WholeRow);
    }

    /// <summary>The convolution's sizes.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Values under one row of the kernel.</summary>
    public int Row { get; }

    /// <summary>The same up to whole vectors.</summary>
    public int WholeRow { get; }

    /// <summary>Values in one row of the padded image.</summary>
    public int RowSize { get; }

    /// <summary>Values in the padded image.</summary>
    public int Size => (Shape.Height + (2 * Shape.Padding)) * RowSize;

    /// <summary>Values in the image.</summary>
    public long ImageSize => (long)Shape.Height * ImageRow;

    /// <summary>Values in the outputs of one image.</summary>
    public int OutputSize => Shape.OutputHeight * Shape.OutputWidth * Shape.Outputs;

    private int ImageRow => Shape.Width * Shape.Inputs;

    /// <summary>The first value under the kernel, for each output pixel.</summary>
    public int[] UnderKernel()
    {
        var image = this;
        return
        [
            .. from y in Enumerable.Range(0, image.Shape.OutputHeight)
               from x in Enumerable.Range(0, image.Shape.OutputWidth)
               select image.At(y * image.Shape.Stride, x * image.Shape.Stride),
        ];
    }

    /// <summary>Where the values of a pixel are; the padding's count.</summary>
    public int At(int y, int x) => (y * RowSize) + (x * Shape.Inputs);

    /// <summary>Puts an image into its zeros.</summary>
    public void Fill(T* image, T* padded)
    {
        Clear(padded);
        for (var y = 0; y < Shape.Height; y++)
        {
            new Span<T>(image + ((long)y * ImageRow), ImageRow).CopyTo(new Span<T>(padded + At(y + Shape.Padding, Shape.Padding), ImageRow));
        }
    }

    /// <summary>Takes an image out of its zeros.</summary>
    public void Crop(T* padded, T* image)
    {
        for (var y = 0; y < Shape.Height; y++)
        {
            new Span<T>(padded + At(y + Shape.Padding, Shape.Padding), ImageRow).CopyTo(new Span<T>(image + ((long)y * ImageRow), ImageRow));
        }
    }

    /// <summary>Sets all to zero.</summary>
    public void Clear(T* padded) => new Span<T>(padded, Size).Clear();
}
