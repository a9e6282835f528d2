using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>Two-dimensional convolution without a bias: [C, H, W] → [K, H', W'].</summary>
public sealed class Conv2d : Operation
{
    private readonly Parameter _weight;
    private readonly long _kernel;
    private readonly long _stride;
    private readonly long _padding;

    /// <summary>A convolution.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="weight">[K, C, kernel, kernel].</param>
    /// <param name="stride">Step in pixels.</param>
    /// <param name="padding">Zeros around the image, in pixels.</param>
    public Conv2d(string name, Parameter weight, long stride, long padding)
        : base(name, "Conv2d") =>
        (_weight, _kernel, _stride, _padding) = (weight, weight.Shape[2], stride, padding);

    /// <inheritdoc/>
    public override IEnumerable<Parameter> OwnParameters => [_weight];

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> Weights => [_weight];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) =>
        [_weight.Shape[0], Window.Steps(inputShape[1], _kernel, _stride, _padding), Window.Steps(inputShape[2], _kernel, _stride, _padding)];

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape)
    {
        var output = OutputShape(inputShape);
        return output[1] * output[2] * _weight.Count;
    }

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay)
    {
        if (input.shape[0] > 1)
        {
            return Convolve(input, weights[0]);
        }

        // libtorch computes a lone image by another path that rounds differently: keep it company, so that an image's
        // result does not depend on the window.
        using var pair = cat([input, input], 0);
        using var outputs = Convolve(pair, weights[0]);
        return outputs.narrow(0, 0, 1);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        if (!ConvolutionKernel.Covers(inputs_WN))
        {
            return base.Forward(inputs_WN, tape);
        }

        using var input = inputs_WN.flatten(0, 1);
        if (tape.Request.Backward)
        {
            // Without weight gradients, backward wants of the inputs their shape alone.
            tape.Push(tape.Request.WeightGradients ? SpikeBytes.Of(input) : input.new_empty([0, .. input.shape[1..]]));
        }

        using var output = ConvolutionKernel.Forward(input, _weight.Value, _stride, _padding);
        return output.unflatten(0, inputs_WN.shape[0], inputs_WN.shape[1]);
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        if (!ConvolutionKernel.Covers(gradients_WN))
        {
            return base.Backward(gradients_WN, tape);
        }

        using var input = tape.Pop();
        var inputGradients_WN = InputGradients(gradients_WN, input.shape, tape);
        if (tape.Request.WeightGradients)
        {
            OverWholePass(input, gradients_WN, tape, (inputs, gradients) =>
                tape.AddWeightGradient(_weight, ConvolutionKernel.WeightGradient(inputs, gradients, _weight.Value, _stride, _padding)));
        }

        return inputGradients_WN;
    }

    private Tensor? InputGradients(Tensor gradients_WN, long[] inputShape, PassTape tape)
    {
        if (!TakesInputGradient(tape.Request))
        {
            return null;
        }

        using var gradient = gradients_WN.flatten(0, 1);
        using var inputGradient = ConvolutionKernel.InputGradient(gradient, _weight.Value, inputShape, _stride, _padding);
        var inputGradients_WN = inputGradient.unflatten(0, gradients_WN.shape[0], gradients_WN.shape[1]);
        tape.Probe?.Record(Name, Kind, inputGradients_WN, gradients_WN);
        return inputGradients_WN;
    }

    private Tensor Convolve(Tensor input, Tensor weight)
    {
        // Some of libtorch's convolutions refuse gradients of weights that lie otherwise in memory.
        using var weights = weight.contiguous();

        // Channel by channel: in the other order the bits of an image depend on how many there are.
        using var images = input.contiguous();
        return nn.functional.conv2d(images, weights, strides: [_stride, _stride], padding: [_padding, _padding]);
    }
}
