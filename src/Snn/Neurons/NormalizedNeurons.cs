using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Neurons;

/// <summary>
/// Batch norm and the neurons after it: in one kernel where that can be, else one after the other, with the same results to rounding.
/// </summary>
/// <param name="norm">Batch norm.</param>
/// <param name="neurons">The neurons it feeds.</param>
public sealed class NormalizedNeurons(BatchNorm2d norm, NeuronLayer neurons) : Layer(neurons.Name)
{
    /// <inheritdoc/>
    public override IEnumerable<Layer> Children => [norm, neurons];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => inputShape;

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => Children.Sum(child => child.Cost(inputShape));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        if (CudaKernelFor(inputs_WN, tape.Request) is { } cuda)
        {
            return ForwardOnCuda(cuda, inputs_WN, tape);
        }

        if (!KernelCovers(inputs_WN, tape.Request))
        {
            using var normalized_WN = norm.Forward(inputs_WN, tape);
            return neurons.Forward(normalized_WN, tape);
        }

        var inputs_WNCHW = TensorMemory.ChannelsLast(inputs_WN);
        var terms = norm.TermsOf(inputs_WNCHW, tape.Request);
        var (spikes_WNCHW, start_NCHW) = NormalizedNeuronKernel.Forward(
            neurons.Dynamics, terms, inputs_WNCHW, tape.MembraneOf(neurons), keepStart: tape.Request.Backward);
        ForgetWhole(inputs_WNCHW, tape);
        if (tape.Request.Backward)
        {
            tape.Push(inputs_WNCHW);
            tape.Push(start_NCHW ?? empty(0));
            tape.Push(terms);
        }
        else
        {
            inputs_WNCHW.Dispose();
        }

        tape.Spikes?.Record(Name, spikes_WNCHW);
        return spikes_WNCHW;
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        if (CudaKernelFor(gradients_WN, tape.Request) is { } cuda)
        {
            return BackwardOnCuda(cuda, gradients_WN, tape);
        }

        if (!KernelCovers(gradients_WN, tape.Request))
        {
            using var normalized_WN = neurons.Backward(gradients_WN, tape)!;
            return norm.Backward(normalized_WN, tape);
        }

        using var start_NCHW = tape.Pop();
        using var inputs_WNCHW = tape.Pop();
        TensorMemory.RequireShapeOf(inputs_WNCHW, gradients_WN);
        using var gradients_WNCHW = TensorMemory.ChannelsLast(gradients_WN);
        var terms = tape.PopTerms();

        var batch = tape.Request.BatchNorm == BatchStatistics.Batch;
        var whole = inputs_WNCHW.size(0) == tape.Request.TimeSteps;
        var gathers = tape.Request.WeightGradients && !whole;
        var probed = tape.Probe is not null;
        var inputGradients_WNCHW = batch && !probed ? null : empty_like(inputs_WNCHW);
        var normalized_WNCHW = batch || probed || gathers ? empty_like(inputs_WNCHW) : null;
        using var surrogate = probed ? SurrogateGradients.Like(inputs_WNCHW) : null;
        var wanted = new NormalizedGradients(
            batch ? null : inputGradients_WNCHW, normalized_WNCHW, surrogate, Sums: batch || (tape.Request.WeightGradients && whole));
        NormalizedNeuronKernel.Backward(
            (neurons.Dynamics, neurons.SurrogateSpec), terms, inputs_WNCHW, start_NCHW.NumberOfElements > 0 ? start_NCHW : null, gradients_WNCHW, tape.MembraneOf(neurons), wanted);
        ForgetWhole(inputs_WNCHW, tape);
        if (batch)
        {
            // In place of dL/dx̂, unless the probe is still to see that.
            NormalizedNeuronKernel.ThroughStatistics(
                terms, wanted.Taken!, inputs_WNCHW, normalized_WNCHW!, inputGradients_WNCHW ??= normalized_WNCHW!.alias());
        }

        using (normalized_WNCHW)
        {
            if (surrogate is not null)
            {
                neurons.Record(surrogate, tape.Probe!);
                tape.Probe!.Record(norm.Name, norm.Kind, inputGradients_WNCHW!, normalized_WNCHW!);
            }

            var sums = gathers ? norm.SumsOfWholePass(inputs_WNCHW, normalized_WNCHW!, terms, tape) : wanted.Taken;
            if (tape.Request.WeightGradients && sums is not null)
            {
                norm.AddWeightGradients(sums, terms, inputs_WNCHW.dtype, tape);
            }
        }

        return inputGradients_WNCHW;
    }

    private Tensor ForwardOnCuda(CudaNeuronKernel kernel, Tensor inputs_WNCHW, PassTape tape)
    {
        using var scale = norm.RunningScale();
        var (spikes_WNCHW, charges_WNCHW) = kernel.Forward(neurons.Dynamics, scale, inputs_WNCHW, tape.MembraneOf(neurons), keepCharges: tape.Request.Backward);
        if (charges_WNCHW is not null)
        {
            tape.Push(charges_WNCHW);
        }

        tape.Spikes?.Record(Name, spikes_WNCHW);
        return spikes_WNCHW;
    }

    private Tensor BackwardOnCuda(CudaNeuronKernel kernel, Tensor gradients_WNCHW, PassTape tape)
    {
        using var scale = norm.RunningScale();
        var (inputGradients_WNCHW, normalized_WNCHW, probed) = kernel.Backward(
            neurons.Dynamics, neurons.SurrogateSpec, scale, tape.Pop(), gradients_WNCHW, tape.MembraneOf(neurons), probed: tape.Probe is not null);
        using (normalized_WNCHW)
        using (probed)
        {
            if (probed is not null)
            {
                neurons.Record(probed, tape.Probe!);
                tape.Probe!.Record(norm.Name, norm.Kind, inputGradients_WNCHW, normalized_WNCHW!);
            }
        }

        return inputGradients_WNCHW;
    }

    /// <summary>A GPU's kernel, where it does both: on running statistics that stay as they are, without weight gradients, for which the inputs would be wanted.</summary>
    private CudaNeuronKernel? CudaKernelFor(Tensor window_WN, PassRequest request) =>
        request is { BatchNorm: BatchStatistics.Running, TrackStatistics: false, WeightGradients: false } && window_WN.dim() == 5
            ? neurons.CudaKernelFor(window_WN)
            : null;

    /// <summary>A window of all T steps leaves no state for another: it need not wait for the pass's end.</summary>
    private void ForgetWhole(Tensor window_WN, PassTape tape)
    {
        if (window_WN.size(0) == tape.Request.TimeSteps)
        {
            tape.MembraneOf(neurons).Dispose();
        }
    }

    private bool KernelCovers(Tensor window_WN, PassRequest request) => neurons.KernelCovers(window_WN) && norm.KernelCovers(window_WN, request);
}
