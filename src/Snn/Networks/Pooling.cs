using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>A pool over windows of pixels.</summary>
public abstract class Pool2d : Operation
{
    private protected Pool2d(string name, string kind, long kernel, long stride, long padding)
        : base(name, kind) =>
        (Kernel, Stride, Padding) = ((int)kernel, (int)stride, (int)padding);

    /// <summary>Side of the window in pixels.</summary>
    protected int Kernel { get; }

    /// <summary>Step in pixels.</summary>
    protected int Stride { get; }

    /// <summary>Pixels around the image.</summary>
    protected int Padding { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => Window.OutputShape(inputShape, Kernel, Stride, Padding);

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => Window.Cost(inputShape, Kernel, Stride, Padding);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        if (!PoolKernel.Covers(inputs_WN, Kernel))
        {
            return base.Forward(inputs_WN, tape);
        }

        using var input = inputs_WN.flatten(0, 1);
        using var output = Pool(input, tape);
        if (tape.Request.Backward)
        {
            // Of the inputs, backward wants the shape alone.
            tape.Push(input.new_empty([0, .. input.shape[1..]]));
        }

        return output.unflatten(0, inputs_WN.shape[0], inputs_WN.shape[1]);
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        if (!PoolKernel.Covers(gradients_WN, Kernel))
        {
            return base.Backward(gradients_WN, tape);
        }

        using var input = tape.Pop();
        using var gradient = gradients_WN.flatten(0, 1);
        using var inputGradient = InputGradient(gradient, input.shape, tape);
        var inputGradients_WN = inputGradient.unflatten(0, gradients_WN.shape[0], gradients_WN.shape[1]);
        tape.Probe?.Record(Name, Kind, inputGradients_WN, gradients_WN);
        return inputGradients_WN;
    }

    /// <summary>Pools [W·N, C, H, W] by a kernel of ours, and keeps on the tape what <see cref="InputGradient"/> takes from it.</summary>
    private protected abstract Tensor Pool(Tensor input, PassTape tape);

    /// <summary>dL/dinputs.</summary>
    private protected abstract Tensor InputGradient(Tensor gradient, long[] inputShape, PassTape tape);
}

/// <summary>Maximum over windows of pixels; the gradient goes to the first largest.</summary>
public sealed class MaxPool2d(string name, long kernel, long stride, long padding) : Pool2d(name, "MaxPool2d", kernel, stride, padding)
{
    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        nn.functional.max_pool2d(input, [Kernel, Kernel], strides: [Stride, Stride], padding: [Padding, Padding]);

    private protected override Tensor Pool(Tensor input, PassTape tape)
    {
        var (output, winners) = PoolKernel.Max(input, Kernel, Stride, Padding);
        if (tape.Request.Backward)
        {
            tape.Push(winners);
        }
        else
        {
            winners.Dispose();
        }

        return output;
    }

    private protected override Tensor InputGradient(Tensor gradient, long[] inputShape, PassTape tape)
    {
        using var winners = tape.Pop();
        return PoolKernel.MaxGradient(gradient, winners, inputShape, Kernel, Stride, Padding);
    }
}

/// <summary>Mean over windows of pixels, the padding counted.</summary>
public sealed class AvgPool2d(string name, long kernel, long stride, long padding) : Pool2d(name, "AvgPool2d", kernel, stride, padding)
{
    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        nn.functional.avg_pool2d(input, [Kernel, Kernel], stride: [Stride, Stride], padding: [Padding, Padding], count_include_pad: true);

    private protected override Tensor Pool(Tensor input, PassTape tape) => PoolKernel.Average(input, Kernel, Stride, Padding);

    private protected override Tensor InputGradient(Tensor gradient, long[] inputShape, PassTape tape) =>
        PoolKernel.AverageGradient(gradient, inputShape, Kernel, Stride, Padding);
}

/// <summary>Mean over all pixels: [C, H, W] → [C].</summary>
public sealed class GlobalAvgPool2d(string name) : Operation(name, "AdaptiveAvgPool2d")
{
    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => [inputShape[0]];

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => inputShape.Aggregate(1L, (a, b) => a * b);

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay)
    {
        // Over neighbours in memory: else the bits of libtorch's sums depend on how many images there are.
        using var images = input.contiguous();
        return images.mean([2, 3]);
    }
}
