using SpikeTrail.Snn.Execution;
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

    private Tensor Convolve(Tensor input, Tensor weight) =>
        nn.functional.conv2d(input, weight, strides: [_stride, _stride], padding: [_padding, _padding]);
}
