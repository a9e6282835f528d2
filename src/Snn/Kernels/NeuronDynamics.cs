using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Snn.Kernels;

/// <summary>The constants of a neuron model's equations; <see cref="Neurons.NeuronLayer"/> gives the equations.</summary>
/// <param name="Leak">What v[t − 1] is multiplied by.</param>
/// <param name="Gain">What x[t] is multiplied by.</param>
/// <param name="Drive">What is added at every time step.</param>
/// <param name="Threshold">θ.</param>
/// <param name="Reset">What a spike resets v to; null for a soft reset.</param>
/// <param name="DetachReset">Whether no gradient flows through the reset's spike.</param>
internal readonly record struct NeuronDynamics(double Leak, double Gain, double Drive, double Threshold, double? Reset, bool DetachReset)
{
    /// <summary>v before the first time step.</summary>
    public double Rest => Reset ?? 0;

    /// <summary>The constants of a specification.</summary>
    public static NeuronDynamics Of(NeuronSpec spec)
    {
        (double Leak, double Gain, double Drive) model = spec.Kind switch
        {
            NeuronKind.If => (1, 1, 0),
            NeuronKind.Lif => (1 - 1 / spec.Tau, spec.DecayInput ? 1 / spec.Tau : 1, (spec.Reset ?? 0) / spec.Tau),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "no such neuron"),
        };
        return new NeuronDynamics(model.Leak, model.Gain, model.Drive, spec.Threshold, spec.Reset, spec.DetachReset);
    }
}
