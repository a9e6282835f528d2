using System.Numerics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// A convolution of few channels, as that of a network's own images, which are not sparse. In padded images all that lies under a row of
/// the kernel lies side by side in memory: a dense product for each row of the kernel. (The other kernels work on vectors of input
/// channels: of three they would waste most.) An image's bits depend neither on the others in the call nor on the number of threads.
/// </summary>
internal static unsafe class ImageConvolution
{
    /// <summary>Computes outputs.</summary>
    /// <param name="shape">The sizes; K a multiple of a vector's length.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="outputs">[M, H', W', K], written.</param>
    public static void Forward<T>(ConvolutionShape shape, T* inputs, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = new PaddedImage<T>(shape);
        var under = padded.UnderKernel();
        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            using var scratch = new Scratch<T>(padded.Size);
            for (var image = first; image < last; image++)
            {
                padded.Fill(inputs + (image * padded.ImageSize), scratch.Start);
                Forward(padded, under, scratch.Start, weights, outputs + ((long)image * padded.OutputSize));
            }
        });
    }

    /// <summary>Adds dL/dweights up over all images.</summary>
    /// <param name="shape">The sizes; K a multiple of a vector's length.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weightGradients">[kernel, kernel, C, K], added to.</param>
    public static void WeightGradient<T>(ConvolutionShape shape, T* inputs, T* gradients, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = new PaddedImage<T>(shape);
        var groups = (padded.Row + DenseProduct.Rows - 1) / DenseProduct.Rows;

        // Each thread has some of the weights and goes through all images: a sum's order is the images'.
        ThreadTeam.Run(shape.Kernel * groups, (first, last) =>
        {
            using var scratch = new Scratch<T>(padded.Size);
            for (var image = 0; image < shape.Images; image++)
            {
                padded.Fill(inputs + (image * padded.ImageSize), scratch.Start);
                for (var piece = first; piece < last; piece++)
                {
                    var (row, value) = (piece / groups, piece % groups * DenseProduct.Rows);
                    WeightGradient(padded, scratch.Start, gradients + ((long)image * padded.OutputSize), (row, value), weightGradients);
                }
            }
        });
    }

    private static void Forward<T>(PaddedImage<T> padded, int[] under, T* image, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = padded.Shape;
        new Span<T>(outputs, padded.OutputSize).Clear();
        T** from = stackalloc T*[DenseProduct.Rows], to = stackalloc T*[DenseProduct.Rows];
        var spare = stackalloc T[Columns<T>.Wide];
        var walk = new Walk(Runs: shape.Kernel, Apart: padded.RowSize, Length: padded.Row, Step: 1);
        for (var pixel = 0; pixel < under.Length; pixel += DenseProduct.Rows)
        {
            for (var channel = 0; channel < shape.Outputs; channel += Columns<T>.BlockAt(channel, shape.Outputs))
            {
                for (var row = 0; row < DenseProduct.Rows; row++)
                {
                    // The rows that are missing compute what nobody reads.
                    var given = pixel + row < under.Length;
                    from[row] = image + under[given ? pixel + row : pixel];
                    to[row] = given ? outputs + ((long)(pixel + row) * shape.Outputs) + channel : spare;
                }

                DenseProduct.MultiplyAdd(Columns<T>.BlockAt(channel, shape.Outputs), from, walk, weights + channel, shape.Outputs, to);
            }
        }
    }

    private static void WeightGradient<T>(PaddedImage<T> padded, T* image, T* gradients, (int Row, int Value) first, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = padded.Shape;
        T** from = stackalloc T*[DenseProduct.Rows], to = stackalloc T*[DenseProduct.Rows];
        var spare = stackalloc T[Columns<T>.Wide];
        var walk = new Walk(Runs: shape.OutputHeight, Apart: shape.Stride * padded.RowSize, Length: shape.OutputWidth, Step: shape.Stride * shape.Inputs);
        for (var channel = 0; channel < shape.Outputs; channel += Columns<T>.BlockAt(channel, shape.Outputs))
        {
            for (var row = 0; row < DenseProduct.Rows; row++)
            {
                var given = first.Value + row < padded.Row;
                var value = given ? first.Value + row : first.Value;
                from[row] = image + ((long)first.Row * padded.RowSize) + value;
                to[row] = given ? weightGradients + ((((long)first.Row * padded.Row) + value) * shape.Outputs) + channel : spare;
            }

            DenseProduct.MultiplyAdd(Columns<T>.BlockAt(channel, shape.Outputs), from, walk, gradients + channel, shape.Outputs, to);
        }
    }
}
