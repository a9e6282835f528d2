using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Neurons;

/// <summary>
/// A layer of integrate-and-fire neurons, leaky or not. With potential v, input x, spike s, threshold θ:
/// <code>
/// h[t] = leak·v[t−1] + gain·x[t] + drive
/// s[t] = 1 if h[t] ≥ θ else 0
/// v[t] = h[t]·(1 − s[t]) + reset·s[t]      hard reset
/// v[t] = h[t] − θ·s[t]                     soft reset
/// </code>
/// IF has leak 1, gain 1, drive 0; LIF has leak 1 − 1/τ, drive reset/τ, and gain 1/τ where the input decays, else 1.
/// v starts at reset (0 with a soft reset). Backward takes ds/dh from the surrogate; dL/dh[t] follows from dL/ds[t] and
/// the dL/dv[t] that time step t + 1 left behind.
/// </summary>
public sealed class NeuronLayer : Layer
{
    private readonly NeuronSpec _spec;
    private readonly Surrogate _surrogate;
    private readonly bool _smooth;
    private readonly NeuronDynamics _dynamics;

    /// <summary>A layer of neurons.</summary>
    /// <param name="name">The module's name; it adds nothing to the state dict.</param>
    /// <param name="spec">Model and constants.</param>
    /// <param name="smooth">
    /// Emit the surrogate's primitive in place of spikes. The layer is then an ordinary differentiable function whose
    /// gradient, with the reset not detached, is exactly the one computed here: what finite differences check.
    /// </param>
    public NeuronLayer(string name, NeuronSpec spec, bool smooth = false)
        : base(name)
    {
        _spec = spec;
        _smooth = smooth;
        _surrogate = Surrogate.Create(spec.Surrogate);
        _dynamics = NeuronDynamics.Of(spec);
    }

    /// <summary>Whether the kernel does the work on tensors that it covers; else tensor operations do, with the same results to rounding.</summary>
    internal bool UseKernel { get; init; } = true;

    /// <summary>The kernel for tensors wherever they lie, in tests without a GPU; null to take that of a tensor's own device.</summary>
    internal CudaNeuronKernel? CudaKernel { get; init; }

    /// <summary>The model's constants.</summary>
    internal NeuronDynamics Dynamics => _dynamics;

    /// <summary>What stands in for the spike's derivative.</summary>
    internal SurrogateSpec SurrogateSpec => _spec.Surrogate;

    /// <summary>Whether the kernel does the work on such a tensor.</summary>
    internal bool KernelCovers(Tensor tensor) => UseKernel && !_smooth && CudaKernel is null && NeuronKernel.Covers(tensor);

    /// <summary>The kernel that does the work on such a tensor if it is a GPU's; null if there is none.</summary>
    internal CudaNeuronKernel? CudaKernelFor(Tensor tensor) =>
        !UseKernel || _smooth ? null
        : CudaKernel is null ? CudaNeuronKernel.For(tensor)
        : CudaNeuronKernel.Takes(tensor) ? CudaKernel
        : null;

    /// <summary>Tells a probe of the surrogate's gradients.</summary>
    internal void Record(SurrogateGradients gradients, GradientProbe probe) =>
        probe.Record(SurrogateName, _surrogate.Kind, gradients.Inputs_WN, gradients.Outputs_WN);

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => inputShape;

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => inputShape.Aggregate(1L, (a, b) => a * b);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        var membrane = tape.MembraneOf(this);
        var (spikes_WN, charges_WN) =
            KernelCovers(inputs_WN) ? NeuronKernel.Forward(_dynamics, inputs_WN, membrane, keepCharges: tape.Request.Backward)
            : CudaKernelFor(inputs_WN) is { } cuda ? cuda.Forward(_dynamics, inputs_WN, membrane, keepCharges: tape.Request.Backward)
            : ForwardOnTensors(inputs_WN, membrane);
        if (tape.Request.Backward)
        {
            tape.Push(charges_WN!);
        }
        else
        {
            charges_WN?.Dispose();
        }

        tape.Spikes?.Record(Name, spikes_WN);
        return spikes_WN;
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        var charges_WN = tape.Pop();
        var cuda = CudaKernelFor(charges_WN);
        if (cuda is null && !KernelCovers(charges_WN))
        {
            using (charges_WN)
            {
                return BackwardOnTensors(charges_WN, gradients_WN, tape);
            }
        }

        var (membrane, isProbed) = (tape.MembraneOf(this), tape.Probe is not null);
        var (inputGradients_WN, probed) = cuda is null
            ? NeuronKernel.Backward(_dynamics, _spec.Surrogate, charges_WN, gradients_WN, membrane, isProbed)
            : cuda.Backward(_dynamics, _spec.Surrogate, charges_WN, gradients_WN, membrane, isProbed);
        using (probed)
        {
            if (probed is not null)
            {
                Record(probed, tape.Probe!);
            }
        }

        return inputGradients_WN;
    }

    private string SurrogateName => $"{Name}.surrogate_function";

    private (Tensor Spikes_WN, Tensor Charges_WN) ForwardOnTensors(Tensor inputs_WN, Membrane membrane)
    {
        var charges_WN = inputs_WN * _dynamics.Gain;
        if (_dynamics.Drive != 0)
        {
            charges_WN.add_(_dynamics.Drive);
        }

        var spikes_WN = empty_like(charges_WN);
        for (long step = 0; step < charges_WN.shape[0]; step++)
        {
            using var charge = charges_WN.select(0, step);
            using var spike = spikes_WN.select(0, step);
            if (membrane.Potential is { } potential)
            {
                charge.add_(potential, alpha: _dynamics.Leak);
            }
            else if (_spec.Reset is { } rest and not 0)
            {
                charge.add_(_dynamics.Leak * rest);
            }

            using var fired = Fire(charge);
            spike.copy_(fired);
            membrane.Potential = Reset(charge, spike);
        }

        return (spikes_WN, charges_WN);
    }

    private Tensor BackwardOnTensors(Tensor charges_WN, Tensor gradients_WN, PassTape tape)
    {
        var membrane = tape.MembraneOf(this);
        using var derivatives_WN = Derivative(charges_WN);
        using var throughReset_WN = ThroughReset(charges_WN);
        using var carry_WN = Carry(charges_WN, derivatives_WN, throughReset_WN);

        // dL/dh without what comes through v; the loop adds that, last step first.
        var chargeGradients_WN = gradients_WN * derivatives_WN;
        for (var step = charges_WN.shape[0] - 1; step >= 0; step--)
        {
            using var chargeGradient = chargeGradients_WN.select(0, step);
            using var carry = carry_WN.select(0, step);
            if (tape.Probe is not null)
            {
                RecordSurrogate(step);
            }

            if (membrane.Gradient is { } fromNextStep)
            {
                chargeGradient.addcmul_(fromNextStep, carry, value: 1);
            }

            membrane.Gradient = chargeGradient * _dynamics.Leak;

            void RecordSurrogate(long step)
            {
                using var spikeGradient = SpikeGradient(gradients_WN.select(0, step), throughReset_WN?.select(0, step), membrane.Gradient);
                using var derivative = derivatives_WN.select(0, step);
                using var surrogateGradient = spikeGradient * derivative;
                tape.Probe.RecordStep(SurrogateName, _surrogate.Kind, surrogateGradient, spikeGradient);
            }
        }

        return _dynamics.Gain == 1 ? chargeGradients_WN : chargeGradients_WN.mul_(_dynamics.Gain);
    }

    private Tensor Fire(Tensor charge)
    {
        if (!_smooth)
        {
            return charge.ge(_spec.Threshold);
        }

        using var overshoot = charge - _spec.Threshold;
        return _surrogate.Primitive(overshoot);
    }

    private Tensor Reset(Tensor charge, Tensor spike)
    {
        if (_spec.Reset is not { } rest)
        {
            return charge.add(spike, alpha: -_spec.Threshold);
        }

        // h − h·s is h·(1 − s) with the same bits for a spike of 0 or 1, in one operation.
        var potential = charge.addcmul(charge, spike, value: -1);
        return rest == 0 ? potential : potential.add_(spike, alpha: rest);
    }

    private Tensor Derivative(Tensor charges_WN)
    {
        using var overshoot = charges_WN - _spec.Threshold;
        return _surrogate.Derivative(overshoot);
    }

    /// <summary>∂v/∂s as the gradient sees it: null where the reset is detached.</summary>
    private Tensor? ThroughReset(Tensor charges_WN) =>
        _spec.DetachReset ? null
        : _spec.Reset is { } rest ? charges_WN.neg().add_(rest)
        : full_like(charges_WN, -_spec.Threshold);

    /// <summary>dv/dh: what dL/dv is multiplied by on its way to dL/dh.</summary>
    private Tensor Carry(Tensor charges_WN, Tensor derivatives_WN, Tensor? throughReset_WN)
    {
        Tensor carry;
        if (_spec.Reset is null)
        {
            carry = ones_like(charges_WN);
        }
        else
        {
            using var spikes = Fire(charges_WN);
            using var spikes_real = spikes.to_type(charges_WN.dtype);
            carry = spikes_real.neg().add_(1);
        }

        return throughReset_WN is null ? carry : carry.addcmul_(throughReset_WN, derivatives_WN, value: 1);
    }

    /// <summary>dL/ds of one step: from above, and through the reset from the next step.</summary>
    private static Tensor SpikeGradient(Tensor fromAbove, Tensor? throughReset, Tensor? fromNextStep)
    {
        using (fromAbove)
        using (throughReset)
        {
            return throughReset is null || fromNextStep is null ? fromAbove.alias() : fromAbove.addcmul(fromNextStep, throughReset, value: 1);
        }
    }
}
