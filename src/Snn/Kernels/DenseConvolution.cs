using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// A convolution of inputs that are not sparse: dense products, but only of those pixels that a pixel of the kernel really joins. An output's
/// sum has the order of the kernel's pixels and channels alone: an image's bits depend neither on the others in the call nor on the number
/// of threads.
/// </summary>
internal static unsafe class DenseConvolution
{
    // Gradients of so many images stay in the nearest cache beside the inputs.
    private const int FewImages = 64;

    /// <summary>Convolves some images, on the calling thread.</summary>
    /// <param name="shape">The sizes; K a multiple of a vector's length.</param>
    /// <param name="joins">The input and output pixels that each pixel of the kernel joins.</param>
    /// <param name="images">How many.</param>
    /// <param name="inputs">[M, H, W, C].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="outputs">[M, H', W', K], written.</param>
    public static void Forward<T>(ConvolutionShape shape, (int From, int To)[][] joins, int images, Pixels<T> inputs, T* weights, Pixels<T> outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        DensePixels.Multiply(joins, images, inputs, new WeightsAsTheyLie<T>(shape, weights), outputs);
    }

    /// <summary>The weight gradient. Each weight is one thread's, and the order of its sum that of pixels and images.</summary>
    /// <param name="shape">The sizes; K a multiple of a vector's length.</param>
    /// <param name="inputs">[M, H, W, C], or the same in bytes.</param>
    /// <param name="gradients">dL/doutputs, [H', W', M, K].</param>
    /// <param name="weightGradients">[kernel, kernel, C, K], written.</param>
    public static void WeightGradient<T, TInput>(ConvolutionShape shape, TInput* inputs, T* gradients, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TInput : unmanaged, INumber<TInput>
    {
        var pixels = shape.Height * shape.Width;
        var reached = ConvolutionJoins.Of(shape).Reached;
        ThreadTeam.Run((shape.Inputs + DenseProduct.Rows - 1) / DenseProduct.Rows, (first, last) =>
        {
            var (channel, end) = (first * DenseProduct.Rows, Math.Min(last * DenseProduct.Rows, shape.Inputs));
            ConvolutionKernel.Clear(shape, channel..end, weightGradients);
            using var scratch = new Scratch<T>((long)FewImages * (end - channel));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var image = 0; image < shape.Images; image += FewImages)
                {
                    var images = Math.Min(FewImages, shape.Images - image);
                    Copy(new Pixels<TInput>(inputs, pixels, shape.Inputs).FromChannel(channel), pixel, (image, images), scratch.Start, end - channel);
                    foreach (var (tap, output) in reached[pixel])
                    {
                        AddProduct(
                            shape,
                            images,
                            scratch.Start,
                            gradients + ((((long)output * shape.Images) + image) * shape.Outputs),
                            weightGradients + ((((long)tap * shape.Inputs) + channel) * shape.Outputs),
                            end - channel);
                    }
                }
            }
        }, grains: 1);
    }

    /// <summary>Some channels of a pixel in some images, image by image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T, TInput>(Pixels<TInput> inputs, int pixel, (int First, int Count) images, T* to, int channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TInput : unmanaged, INumber<TInput>
    {
        for (var image = 0; image < images.Count; image++, to += channels)
        {
            var from = inputs.At(images.First + image, pixel);
            var channel = 0;
            if (typeof(T) == typeof(float) && typeof(TInput) == typeof(byte))
            {
                for (; channel <= channels - Vector128<byte>.Count; channel += Vector128<byte>.Count)
                {
                    var whole = Avx512F.ConvertToVector512Int32(Vector128.Load((byte*)from + channel));
                    Vector512.ConvertToSingle(whole).Store((float*)to + channel);
                }
            }

            for (; channel < channels; channel++)
            {
                to[channel] = T.CreateTruncating(from[channel]);
            }
        }
    }

    /// <summary>Adds the sums over some images of a pixel's channels, [M, C], times gradients, [M, K], to weights [C, K].</summary>
    private static void AddProduct<T>(ConvolutionShape shape, int images, T* inputs, T* gradients, T* weightGradients, int channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var walk = new Walk(Runs: 1, Apart: 0, Length: images, Step: channels);
        for (int output = 0, width; output < shape.Outputs; output += width)
        {
            width = Columns<T>.BlockAt(output, shape.Outputs);
            var rows = new DenseRows<T>(width, walk, gradients + output, shape.Outputs);
            for (var channel = 0; channel < channels; channel++)
            {
                rows.Add(inputs + channel, weightGradients + ((long)channel * shape.Outputs) + output);
            }

            rows.End();
        }
    }
}

/// <summary>A convolution's weights, [kernel, kernel, C, K], as its outputs need them: nothing is rearranged.</summary>
internal readonly unsafe struct WeightsAsTheyLie<T>(ConvolutionShape shape, T* weights) : IPanels<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public T* Of(int tap, int column, int depth) => weights + ((((long)tap * shape.Inputs) + depth) * shape.Outputs) + column;

    /// <inheritdoc/>
    public int Step(int width) => shape.Outputs;
}
