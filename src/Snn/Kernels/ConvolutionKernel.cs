using System.Numerics;
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

    private static Tensor Forward<T>(ConvolutionShape shape, Tensor input, Tensor weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var inputs_MHWC = ChannelsLast(input);
        using var weights_kkCK = KernelOrder(weight);
        using var padded_kkCK = Padded<T>(weights_kkCK);
        var padded = shape with { Outputs = Columns<T>.Padded(shape.Outputs) };
        using var outputs_MHWK = empty([shape.Images, shape.OutputHeight, shape.OutputWidth, padded.Outputs], input.dtype);
        if (outputs_MHWK.NumberOfElements > 0)
        {
            T* inputs = Memory<T>(inputs_MHWC), weights = Memory<T>(padded_kkCK), outputs = Memory<T>(outputs_MHWK);
            if (shape.Inputs <= ImageChannels)
            {
                ImageConvolution.Forward(padded, inputs, weights, outputs);
            }
            else
            {
                SpikeConvolution.Forward(padded, inputs, weights, outputs);
            }
        }

        return ChannelsSecond(outputs_MHWK, shape.Outputs);
    }

    private static Tensor InputGradient<T>(ConvolutionShape shape, Tensor gradient, Tensor weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var gradients_MHWK = ChannelsLast(gradient);
        using var weights_kkCK = KernelOrder(weight);
        if (shape.Inputs <= ImageChannels)
        {
            using var pixels_MHWC = empty([shape.Images, shape.Height, shape.Width, shape.Inputs], gradient.dtype);
            if (shape.Images > 0)
            {
                ImageInputGradient.Compute(shape, Memory<T>(gradients_MHWK), Memory<T>(weights_kkCK), Memory<T>(pixels_MHWC));
            }

            return ChannelsSecond(pixels_MHWC, shape.Inputs);
        }

        var padded = shape with { Inputs = Columns<T>.Padded(shape.Inputs) };
        using var padded_kkCK = padded.Inputs == shape.Inputs ? weights_kkCK.alias() : nn.functional.pad(weights_kkCK, [0, 0, 0, padded.Inputs - shape.Inputs]);
        using var inputGradients_MHWC = empty([shape.Images, shape.Height, shape.Width, padded.Inputs], gradient.dtype);
        if (shape.Images > 0)
        {
            DenseInputGradient.Compute(padded, Memory<T>(gradients_MHWK), Memory<T>(padded_kkCK), Memory<T>(inputGradients_MHWC));
        }

        return ChannelsSecond(inputGradients_MHWC, shape.Inputs);
    }

    private static Tensor WeightGradient<T>(ConvolutionShape shape, Tensor input, Tensor gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = shape with { Outputs = Columns<T>.Padded(shape.Outputs) };
        using var inputs_MHWC = ChannelsLast(input);
        long[] sizes = [shape.Kernel, shape.Kernel, shape.Inputs, padded.Outputs];
        using var weightGradients_kkCK = shape.Images == 0 ? zeros(sizes, gradient.dtype) : empty(sizes, gradient.dtype);
        if (shape.Images > 0 && shape.Inputs <= ImageChannels)
        {
            using var gradients_MHWK = ChannelsLast(gradient);
            using var padded_MHWK = Padded<T>(gradients_MHWK);
            using var images_MHWC = inputs_MHWC.to_type(gradient.dtype);
            ImageConvolution.WeightGradient(padded, Memory<T>(images_MHWC), Memory<T>(padded_MHWK), Memory<T>(weightGradients_kkCK));
        }
        else if (shape.Images > 0)
        {
            using var pixels_HWMK = gradient.permute(2, 3, 0, 1);
            using var gradients_HWMK = Padded<T>(pixels_HWMK);
            T* gradients = Memory<T>(gradients_HWMK), weightGradients = Memory<T>(weightGradients_kkCK);
            if (input.dtype == ScalarType.Byte)
            {
                SpikeWeightGradient.Sum(padded, Memory<byte>(inputs_MHWC), gradients, weightGradients);
            }
            else
            {
                SpikeWeightGradient.Sum(padded, Memory<T>(inputs_MHWC), gradients, weightGradients);
            }
        }

        using var dense_kkCK = weightGradients_kkCK.narrow(3, 0, shape.Outputs);
        using var contiguous_kkCK = dense_kkCK.contiguous();
        return contiguous_kkCK.permute(3, 2, 0, 1);
    }

    private static ConvolutionShape Shape(long[] inputShape, Tensor weight, long stride, long padding)
    {
        var (images, height, width) = ((int)inputShape[0], (int)inputShape[2], (int)inputShape[3]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputShape[1], weight.shape[1]);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(height, width) + (2 * padding), weight.shape[2]);
        return new ConvolutionShape(images, (int)inputShape[1], height, width, (int)weight.shape[0], (int)weight.shape[2], (int)stride, (int)padding);
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

    private static T* Memory<T>(Tensor contiguous)
        where T : unmanaged => contiguous.NumberOfElements == 0 ? null : TensorMemory.Of<T>(contiguous);

    /// <summary>[M, H, W, C] contiguous of [M, C, H, W]: without a copy where it lies so in memory.</summary>
    public static Tensor ChannelsLast(Tensor values)
    {
        using var turned = values.permute(0, 2, 3, 1);
        return turned.contiguous();
    }

    private static Tensor KernelOrder(Tensor weight)
    {
        using var turned = weight.permute(2, 3, 1, 0);
        return turned.contiguous();
    }

    /// <summary>Contiguous, with zeros after the last channels up to a multiple of a vector's length.</summary>
    private static Tensor Padded<T>(Tensor values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var missing = Columns<T>.Padded((int)values.shape[^1]) - values.shape[^1];
        using var padded = missing == 0 ? values.alias() : nn.functional.pad(values, [0, missing]);
        return padded.contiguous();
    }

    private static Tensor ChannelsSecond(Tensor values_MHWC, long channels)
    {
        using var dense = values_MHWC.narrow(3, 0, channels);
        using var contiguous = dense.contiguous();
        return contiguous.permute(0, 3, 1, 2);
    }
}
