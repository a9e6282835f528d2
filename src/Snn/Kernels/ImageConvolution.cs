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

    /// <summary>The weight gradient, over all images.</summary>
    /// <param name="shape">The sizes; K a multiple of a vector's length.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weightGradients">[kernel, kernel, C, K], written.</param>
    public static void WeightGradient<T>(ConvolutionShape shape, T* inputs, T* gradients, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = new PaddedImage<T>(shape);
        var groups = (padded.Row + DenseProduct.Rows - 1) / DenseProduct.Rows;
        ConvolutionKernel.Clear(shape, .., weightGradients);

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
        }, grains: 1);
    }

    private static void Forward<T>(PaddedImage<T> padded, int[] under, T* image, T* weights, T* outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var outputChannels = padded.Shape.Outputs;
        var walk = new Walk(Runs: padded.Shape.Kernel, Apart: padded.RowSize, Length: padded.Row, Step: 1);
        new Span<T>(outputs, padded.OutputSize).Clear();
        for (var channel = 0; channel < outputChannels; channel += Columns<T>.BlockAt(channel, outputChannels))
        {
            var rows = new DenseRows<T>(Columns<T>.BlockAt(channel, outputChannels), walk, weights + channel, outputChannels);
            for (var pixel = 0; pixel < under.Length; pixel++)
            {
                rows.Add(image + under[pixel], outputs + ((long)pixel * outputChannels) + channel);
            }

            rows.End();
        }
    }

    private static void WeightGradient<T>(PaddedImage<T> padded, T* image, T* gradients, (int Row, int Value) first, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = padded.Shape;
        var walk = new Walk(Runs: shape.OutputHeight, Apart: shape.Stride * padded.RowSize, Length: shape.OutputWidth, Step: shape.Stride * shape.Inputs);
        for (var channel = 0; channel < shape.Outputs; channel += Columns<T>.BlockAt(channel, shape.Outputs))
        {
            var rows = new DenseRows<T>(Columns<T>.BlockAt(channel, shape.Outputs), walk, gradients + channel, shape.Outputs);
            for (var value = first.Value; value < Math.Min(first.Value + DenseProduct.Rows, padded.Row); value++)
            {
                rows.Add(
                    image + ((long)first.Row * padded.RowSize) + value,
                    weightGradients + ((((long)first.Row * padded.Row) + value) * shape.Outputs) + channel);
            }

            rows.End();
        }
    }
}
