using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>Fully connected layer with a bias: [C] → [K]. To the kernels it is a convolution of images of one pixel.</summary>
public sealed class Linear(string name, Parameter weight, Parameter bias) : Operation(name, "Linear")
{
    /// <inheritdoc/>
    public override IEnumerable<Parameter> OwnParameters => [weight, bias];

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> Weights => [weight, bias];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => [weight.Shape[0]];

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => weight.Count;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        if (!ConvolutionKernel.Covers(inputs_WN))
        {
            return base.Forward(inputs_WN, tape);
        }

        var pixels = Pixels(inputs_WN);
        using var kernel = Pixels(weight.Value);
        using var products = ConvolutionKernel.Forward(pixels, kernel, stride: 1, padding: 0);
        if (tape.Request.Backward)
        {
            tape.Push(pixels);
        }
        else
        {
            pixels.Dispose();
        }

        using var products_WN = products.reshape(inputs_WN.size(0), inputs_WN.size(1), -1);
        return Sums.Of(products_WN, bias.Value);
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        if (!ConvolutionKernel.Covers(gradients_WN))
        {
            return base.Backward(gradients_WN, tape);
        }

        using var pixels = tape.Pop();
        var inputGradients_WN = TakesInputGradient(tape.Request) ? InputGradients(gradients_WN, pixels, tape) : null;
        if (tape.Request.WeightGradients)
        {
            OverWholePass(pixels, gradients_WN, tape, (inputs, gradients) => AddWeightGradients(inputs, gradients, tape));
        }

        return inputGradients_WN;
    }

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay) =>
        // A matrix product's bits depend on how many rows it has: each time step of each batch by itself has N, whatever the
        // window, and whatever else is in the pass.
        StepByStep(input, windowSteps * tape.Request.Batches, step => nn.functional.linear(step, weights[0], weights[1]));

    private Tensor InputGradients(Tensor gradients_WN, Tensor pixels, PassTape tape)
    {
        using var gradient = Pixels(gradients_WN);
        using var kernel = Pixels(weight.Value);
        using var inputGradient = ConvolutionKernel.InputGradient(gradient, kernel, pixels.shape, stride: 1, padding: 0);
        var inputGradients_WN = inputGradient.reshape(gradients_WN.size(0), gradients_WN.size(1), -1);
        tape.Probe?.Record(Name, Kind, inputGradients_WN, gradients_WN);
        return inputGradients_WN;
    }

    private void AddWeightGradients(Tensor inputs, Tensor gradients, PassTape tape)
    {
        using var pixels = Pixels(gradients);
        using var kernel = Pixels(weight.Value);
        using var kernelGradient = ConvolutionKernel.WeightGradient(inputs, pixels, kernel, stride: 1, padding: 0);
        tape.AddWeightGradient(weight, kernelGradient.flatten(1));
        tape.AddWeightGradient(bias, gradients.sum([0L]));
    }

    /// <summary>[…, C] as images of one pixel, [M, C, 1, 1].</summary>
    private static Tensor Pixels(Tensor values) => values.reshape(-1, values.size((int)values.dim() - 1), 1, 1);
}
