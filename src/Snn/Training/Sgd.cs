using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;
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
        using var decayed = gradient.add(parameter.Value, alpha: spec.WeightDecay);
        velocity.mul_(spec.Momentum).add_(decayed);
        parameter.Value.add_(velocity, alpha: -learningRate);
    }
}
