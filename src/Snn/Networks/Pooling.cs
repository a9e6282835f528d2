using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>Maximum over windows of pixels; the gradient goes to the first largest.</summary>
public sealed class MaxPool2d(string name, long kernel, long stride, long padding) : Operation(name, "MaxPool2d")
{
    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => Window.OutputShape(inputShape, kernel, stride, padding);

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => Window.Cost(inputShape, kernel, stride, padding);

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        nn.functional.max_pool2d(input, [kernel, kernel], strides: [stride, stride], padding: [padding, padding]);
}

/// <summary>Mean over windows of pixels, the padding counted.</summary>
public sealed class AvgPool2d(string name, long kernel, long stride, long padding) : Operation(name, "AvgPool2d")
{
    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => Window.OutputShape(inputShape, kernel, stride, padding);

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => Window.Cost(inputShape, kernel, stride, padding);

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        nn.functional.avg_pool2d(input, [kernel, kernel], stride: [stride, stride], padding: [padding, padding], count_include_pad: true);
}

/// <summary>Mean over all pixels: [C, H, W] → [C].</summary>
public sealed class GlobalAvgPool2d(string name) : Operation(name, "AdaptiveAvgPool2d")
{
    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => [inputShape[0]];

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => inputShape.Aggregate(1L, (a, b) => a * b);

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        input.mean([2, 3]);
}
