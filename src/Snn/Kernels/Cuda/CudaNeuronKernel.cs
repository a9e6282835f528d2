using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>
/// What <see cref="NeuronKernel"/> and, on running statistics, <see cref="NormalizedNeuronKernel"/> do on a processor, on one CUDA device:
/// one launch a window and layer. Charges are kept, not computed again: a GPU has no cache to do that in.
/// </summary>
/// <param name="module">The device's kernels.</param>
internal sealed class CudaNeuronKernel(CudaModule module)
{
    // A kernel that takes no gradient reads no surrogate.
    private static readonly SurrogateSpec NoSurrogate = new();

    /// <summary>The kernel for a tensor; null where libtorch's operations are to do the work.</summary>
    public static CudaNeuronKernel? For(Tensor tensor) =>
        tensor.device_type == DeviceType.CUDA && Takes(tensor) ? CudaKernels.Of(tensor.device_index) : null;

    /// <summary>Whether there is a kernel for such a tensor, wherever it lies.</summary>
    public static bool Takes(Tensor tensor) => CudaModule.Types.Contains(tensor.dtype) && tensor.NumberOfElements > 0;

    /// <summary>
    /// Spikes of a window and, where they are kept, the charges h, laid out in memory as the inputs are. Moves the membrane's
    /// potential on.
    /// </summary>
    public (Tensor Spikes_WN, Tensor? Charges_WN) Forward(NeuronDynamics dynamics, Tensor inputs_WN, Membrane membrane, bool keepCharges)
    {
        using var inputs = TensorMemory.StepByStep(inputs_WN);
        return Forward(Arguments(dynamics, NoSurrogate, inputs), null, inputs, dynamics, membrane, keepCharges);
    }

    /// <summary>The same of inputs [W, N, C, H, W] that are normalised on the way.</summary>
    public (Tensor Spikes_WNCHW, Tensor? Charges_WNCHW) Forward(
        NeuronDynamics dynamics, ChannelScale scale, Tensor inputs_WNCHW, Membrane membrane, bool keepCharges)
    {
        using var inputs = ByChannels(inputs_WNCHW);
        return Forward(Arguments(dynamics, NoSurrogate, inputs, scale), scale, inputs, dynamics, membrane, keepCharges);
    }

    /// <summary>
    /// dL/dx of a window from dL/ds and the charges, whose memory it takes over. Moves the membrane's gradient back. For a probe it
    /// also tells what enters the surrogate at each step and what leaves it, as <see cref="NeuronKernel.Backward"/> does.
    /// </summary>
    public (Tensor InputGradients_WN, SurrogateGradients? Probed) Backward(
        NeuronDynamics dynamics, SurrogateSpec surrogate, Tensor charges_WN, Tensor gradients_WN, Membrane membrane, bool probed)
    {
        var probe = probed ? SurrogateGradients.Like(charges_WN) : null;
        Backward(Arguments(dynamics, surrogate, charges_WN), null, charges_WN, gradients_WN, membrane, null, probe);
        return (charges_WN, probe);
    }

    /// <summary>The same where inputs were normalised on the way; a probe is also told dL/dx̂.</summary>
    public (Tensor InputGradients_WNCHW, Tensor? Normalized_WNCHW, SurrogateGradients? Probed) Backward(
        NeuronDynamics dynamics, SurrogateSpec surrogate, ChannelScale scale, Tensor charges_WNCHW, Tensor gradients_WNCHW, Membrane membrane, bool probed)
    {
        var normalized_WNCHW = probed ? empty_like(charges_WNCHW) : null;
        var probe = probed ? SurrogateGradients.Like(charges_WNCHW) : null;
        Backward(Arguments(dynamics, surrogate, charges_WNCHW, scale), scale, charges_WNCHW, gradients_WNCHW, membrane, normalized_WNCHW, probe);
        return (charges_WNCHW, normalized_WNCHW, probe);
    }

    private (Tensor Spikes_WN, Tensor? Charges_WN) Forward(
        NeuronArguments neurons, ChannelScale? scale, Tensor inputs_WN, NeuronDynamics dynamics, Membrane membrane, bool keepCharges)
    {
        NeuronKernel.PotentialFor(inputs_WN, dynamics, membrane);
        var spikes_WN = empty_like(inputs_WN);
        var charges_WN = keepCharges ? empty_like(inputs_WN) : null;
        module.Forward(inputs_WN.dtype, new ForwardArguments(
            neurons,
            DeviceMemory.Of(inputs_WN),
            DeviceMemory.Of(scale?.Scale_C),
            DeviceMemory.Of(scale?.Shift_C),
            DeviceMemory.Of(membrane.Potential),
            DeviceMemory.Of(spikes_WN),
            DeviceMemory.Of(charges_WN)));
        return (spikes_WN, charges_WN);
    }

    private void Backward(
        NeuronArguments neurons,
        ChannelScale? scale,
        Tensor charges_WN,
        Tensor gradients_WN,
        Membrane membrane,
        Tensor? normalized_WN,
        SurrogateGradients? probe)
    {
        TensorMemory.RequireShapeOf(charges_WN, gradients_WN);
        using var gradients = TensorMemory.InLayoutOf(charges_WN, gradients_WN);
        NeuronKernel.GradientFor(charges_WN, membrane);
        module.Backward(charges_WN.dtype, new BackwardArguments(
            neurons,
            DeviceMemory.Of(gradients),
            DeviceMemory.Of(scale?.Scale_C),
            DeviceMemory.Of(membrane.Gradient),
            DeviceMemory.Of(charges_WN),
            DeviceMemory.Of(normalized_WN),
            DeviceMemory.Of(probe?.Outputs_WN),
            DeviceMemory.Of(probe?.Inputs_WN)));
    }

    private static NeuronArguments Arguments(NeuronDynamics dynamics, SurrogateSpec surrogate, Tensor window_WN) =>
        NeuronArguments.Of(dynamics, surrogate, window_WN.shape[0], window_WN.NumberOfElements / window_WN.shape[0]);

    /// <summary>The same with the channels of a window that is laid out as <see cref="ByChannels"/> lays it out.</summary>
    private static NeuronArguments Arguments(NeuronDynamics dynamics, SurrogateSpec surrogate, Tensor window_WNCHW, ChannelScale scale)
    {
        if (scale.Scale_C.NumberOfElements != window_WNCHW.shape[2] || scale.Shift_C.NumberOfElements != window_WNCHW.shape[2])
        {
            throw new ArgumentException($"Expected a scale and shift for each of {window_WNCHW.shape[2]} channels.", nameof(scale));
        }

        return Arguments(dynamics, surrogate, window_WNCHW) with
        {
            Channels = window_WNCHW.shape[2],
            Stride = window_WNCHW.is_contiguous() ? window_WNCHW.shape[3] * window_WNCHW.shape[4] : 1,
        };
    }

    /// <summary>A window with channels one after another in memory if it has them so, else with the channels of each pixel side by side.</summary>
    private static Tensor ByChannels(Tensor window_WNCHW) => window_WNCHW.is_contiguous() ? window_WNCHW.alias() : TensorMemory.ChannelsLast(window_WNCHW);
}

/// <summary>What batch norm on running statistics comes to for each channel, on the device and in the precision that its neurons compute in.</summary>
/// <param name="Scale_C">γ/σ, [C].</param>
/// <param name="Shift_C">β − μ·γ/σ, [C].</param>
internal sealed record ChannelScale(Tensor Scale_C, Tensor Shift_C) : IDisposable
{
    /// <summary>The terms of running statistics, taken in float64 as <see cref="ChannelTerms"/> are, without a number leaving the device.</summary>
    public static ChannelScale Of(Tensor mean_C, Tensor variance_C, double eps, Tensor weight_C, Tensor bias_C)
    {
        using var deviation = variance_C.to_type(ScalarType.Float64, copy: true);
        deviation.add_(eps).sqrt_().reciprocal_();
        using var scale = deviation * weight_C;
        using var offset = scale * mean_C;
        using var shift = bias_C - offset;
        var type = weight_C.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return new ChannelScale(scale.to_type(type, copy: true), shift.to_type(type, copy: true));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Scale_C.Dispose();
        Shift_C.Dispose();
    }
}
