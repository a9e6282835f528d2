using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013, in torch's form) and coupled weight decay.</summary>
internal sealed class Sgd(OptimizerSpec spec) : Optimizer
{
    private const string Velocity = "momentum_buffer";

    protected override IReadOnlyList<string> Slots => [Velocity];

    public override void Step(Parameter parameter, Tensor gradient, double learningRate)
    {
        var velocity = Slot(Velocity, parameter);
        // Disposed of: TorchSharp would leave them to the garbage collector.
        using var decay = spec.WeightDecay.ToScalar();
        using var momentum = spec.Momentum.ToScalar();
        using var once = 1.ToScalar();
        using var rate = (-learningRate).ToScalar();
        using var decayed = gradient.add(parameter.Value, decay);
        velocity.mul_(momentum).add_(decayed, once);
        parameter.Value.add_(velocity, rate);
    }
}
