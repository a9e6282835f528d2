using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Convolutions on the processor that make use of what spiking networks are: most inputs are zero, and late stages have a few pixels
/// only. Tensors have libtorch's shapes; in memory they are channels-last, and weights [kernel, kernel, C, K]. What comes in another
/// order is copied. An image's bits depend neither on the others in a call nor on the number of threads.
/// </summary>
internal static unsafe class ConvolutionKernel
{
    // So many input channels are those of images: few, and not sparse.
    private const int ImageChannels = 4;

    /// <summary>Whether the kernels can work on a tensor's memory, and fast: they are written for vectors of 512 bits.</summary>
    public static bool Covers(Tensor tensor) =>
        Vector512.IsHardwareAccelerated && tensor.device_type == DeviceType.CPU && tensor.dtype is ScalarType.Float32 or ScalarType.Float64;

    /// <summary>A convolution's weights, [K, C, kernel, kernel], in the order in memory in which nothing must be copied.</summary>
    public static Tensor InKernelOrder(Tensor weight)
    {
        using var turned = weight.permute(2, 3, 1, 0);
        using var contiguous = turned.contiguous();
        return contiguous.permute(3, 2, 0, 1);
    }

    /// <summary>Outputs [M, K, H', W'] of inputs [M, C, H, W].</summary>
    public static Tensor Forward(Tensor input, Tensor weight, long stride, long padding)
    {
        var shape = Shape(input.shape, weight, stride, padding);
        RequireType(weight, input);
        return input.dtype == ScalarType.Float32 ? Forward<float>(shape, input, weight) : Forward<double>(shape, input, weight);
    }

    /// <summary>dL/dinputs [M, C, H, W] from dL/doutputs [M, K, H', W'].</summary>
    /// <param name="gradient">dL/doutputs.</param>
    /// <param name="weight">[K, C, kernel, kernel].</param>
    /// <param name="inputShape">[…, C, H, W].</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros around the image.</param>
    public static Tensor InputGradient(Tensor gradient, Tensor weight, long[] inputShape, long stride, long padding)
    {
        var shape = Shape([gradient.shape[0], .. inputShape[^3..]], weight, stride, padding);
        RequireOutputs(shape, weight, gradient);
        return gradient.dtype == ScalarType.Float32 ? InputGradient<float>(shape, gradient, weight) : InputGradient<double>(shape, gradient, weight);
    }

    /// <summary>dL/dweights [K, C, kernel, kernel] from inputs [M, C, H, W], or <see cref="SpikeBytes.Of"/> them, and dL/doutputs [M, K, H', W'].</summary>
    public static Tensor WeightGradient(Tensor input, Tensor gradient, Tensor weight, long stride, long padding)
    {
        var shape = Shape(input.shape, weight, stride, padding);
        RequireOutputs(shape, weight, gradient);
        return gradient.dtype == ScalarType.Float32 ? WeightGradient<float>(shape, input, gradient) : WeightGradient<double>(shape, input, gradient);
    }

    /// <summary>Sets the weight gradients of some input channels to zero, [kernel, kernel, C, K]: those of taps that join no pixels stay so.</summary>
    public static void Clear<T>(ConvolutionShape shape, Range channels, T* weightGradients)
        where T : unmanaged
    {
        var (first, count) = channels.GetOffsetAndLength(shape.Inputs);
        for (var tap = 0; tap < shape.Taps; tap++)
        {
            NativeMemory.Clear(weightGradients + ((((long)tap * shape.Inputs) + first) * shape.Outputs), (nuint)count * (nuint)shape.Outputs * (nuint)sizeof(T));
        }
    }

    private static Tensor Forward<T>(ConvolutionShape shape, Tensor input, Tensor weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = shape with { Outputs = Columns<T>.Padded(shape.Outputs) };
        using var inputs_MHWC = InOrder<T>.ChannelsLast(input, shape.Inputs);
        using var weights_kkCK = InOrder<T>.KernelOrder(weight, padded.Outputs);
        using var outputs_MHWK = empty([shape.Images, shape.OutputHeight, shape.OutputWidth, padded.Outputs], input.dtype);
        if (outputs_MHWK.NumberOfElements > 0)
        {
            var outputs = TensorMemory.Of<T>(outputs_MHWK);
            if (shape.Inputs <= ImageChannels)
            {
                ImageConvolution.Forward(padded, inputs_MHWC.Start, weights_kkCK.Start, outputs);
            }
            else
            {
                SpikeConvolution.Forward(padded, inputs_MHWC.Start, weights_kkCK.Start, outputs);
            }
        }

        using var dense_MHWK = Narrowed(outputs_MHWK, shape.Outputs);
        return dense_MHWK.permute(0, 3, 1, 2);
    }

    private static Tensor InputGradient<T>(ConvolutionShape shape, Tensor gradient, Tensor weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var image = shape.Inputs <= ImageChannels;
        var padded = image ? shape : shape with { Inputs = Columns<T>.Padded(shape.Inputs) };
        using var gradients_MHWK = InOrder<T>.ChannelsLast(gradient, shape.Outputs);
        using var inputGradients_MHWC = empty([shape.Images, shape.Height, shape.Width, padded.Inputs], gradient.dtype);
        if (shape.Images > 0)
        {
            var inputGradients = TensorMemory.Of<T>(inputGradients_MHWC);
            using var whole = padded.Inputs == shape.Inputs ? weight.alias() : nn.functional.pad(weight, [0, 0, 0, 0, 0, padded.Inputs - shape.Inputs]);
            using var weights_kkCK = InOrder<T>.KernelOrder(whole, shape.Outputs);
            if (image)
            {
                ImageInputGradient.Compute(shape, gradients_MHWK.Start, weights_kkCK.Start, inputGradients);
            }
            else
            {
                DenseInputGradient.Compute(padded, gradients_MHWK.Start, weights_kkCK.Start, inputGradients);
            }
        }

        using var dense_MHWC = Narrowed(inputGradients_MHWC, shape.Inputs);
        return dense_MHWC.permute(0, 3, 1, 2);
    }

    private static Tensor WeightGradient<T>(ConvolutionShape shape, Tensor input, Tensor gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = shape with { Outputs = Columns<T>.Padded(shape.Outputs) };
        long[] sizes = [shape.Kernel, shape.Kernel, shape.Inputs, padded.Outputs];
        using var weightGradients_kkCK = shape.Images == 0 ? zeros(sizes, gradient.dtype) : empty(sizes, gradient.dtype);
        var weightGradients = TensorMemory.Of<T>(weightGradients_kkCK);
        if (shape.Images > 0 && shape.Inputs <= ImageChannels)
        {
            using var images = input.to_type(gradient.dtype);
            using var images_MHWC = InOrder<T>.ChannelsLast(images, shape.Inputs);
            using var gradients_MHWK = InOrder<T>.ChannelsLast(gradient, padded.Outputs);
            ImageConvolution.WeightGradient(padded, images_MHWC.Start, gradients_MHWK.Start, weightGradients);
        }
        else if (shape.Images > 0)
        {
            using var gradients_HWMK = InOrder<T>.PixelByPixel(gradient, padded.Outputs);
            if (input.dtype == ScalarType.Byte)
            {
                using var inputs_MHWC = InOrder<byte>.ChannelsLast(input, shape.Inputs);
                SpikeWeightGradient.Sum(padded, inputs_MHWC.Start, gradients_HWMK.Start, weightGradients);
            }
            else
            {
                using var inputs_MHWC = InOrder<T>.ChannelsLast(input, shape.Inputs);
                SpikeWeightGradient.Sum(padded, inputs_MHWC.Start, gradients_HWMK.Start, weightGradients);
            }
        }

        using var dense_kkCK = Narrowed(weightGradients_kkCK, shape.Outputs);
        return dense_kkCK.permute(3, 2, 0, 1);
    }

    private static ConvolutionShape Shape(long[] inputShape, Tensor weight, long stride, long padding)
    {
        var (images, height, width) = ((int)inputShape[0], (int)inputShape[2], (int)inputShape[3]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputShape[1], weight.size(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(height, width) + (2 * padding), weight.size(2));
        return new ConvolutionShape(images, (int)inputShape[1], height, width, (int)weight.size(0), (int)weight.size(2), (int)stride, (int)padding);
    }

    private static void RequireOutputs(ConvolutionShape shape, Tensor weight, Tensor gradient)
    {
        RequireType(weight, gradient);
        long[] expected = [shape.Images, shape.Outputs, shape.OutputHeight, shape.OutputWidth];
        if (!gradient.shape.AsSpan().SequenceEqual(expected))
        {
            throw new ArgumentException($"Expected gradients [{string.Join(", ", expected)}], got [{string.Join(", ", gradient.shape)}].");
        }
    }

    private static void RequireType(Tensor weight, Tensor values)
    {
        if (weight.dtype != values.dtype)
        {
            throw new ArgumentException($"Expected {weight.dtype}, the weights' type, got {values.dtype}.");
        }
    }

    /// <summary>[M, H, W, C] contiguous of [M, C, H, W]: without a copy where it lies so in memory.</summary>
    public static Tensor ChannelsLast(Tensor values)
    {
        using var turned = values.permute(0, 2, 3, 1);
        return turned.contiguous();
    }

    /// <summary>The first of the last axis's channels, without what fills them up to whole vectors, contiguous.</summary>
    private static Tensor Narrowed(Tensor values, long channels)
    {
        if (values.size(3) == channels)
        {
            return values.alias();
        }

        using var dense = values.narrow(3, 0, channels);
        return dense.contiguous();
    }
}
