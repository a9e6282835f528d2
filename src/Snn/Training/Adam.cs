using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>Adam (Kingma and Ba, 2015) with coupled weight decay; the moments carry torch's names.</summary>
internal sealed class Adam(OptimizerSpec spec) : Optimizer
{
    private const string Steps = "step";
    private const string FirstMoment = "exp_avg";
    private const string SecondMoment = "exp_avg_sq";

    protected override IReadOnlyList<string> Slots => [Steps, FirstMoment, SecondMoment];

    protected override Tensor First(string slot, Parameter parameter) =>
        slot == Steps ? zeros([], ScalarType.Int64) : base.First(slot, parameter);

    protected override long StateBytes(Parameter parameter) => sizeof(long) + (2 * parameter.Bytes);

    public override void Step(Parameter parameter, Tensor gradient, double learningRate)
    {
        var weight = parameter.Value;
        var m = Slot(FirstMoment, parameter);
        var v = Slot(SecondMoment, parameter);
        var step = StepAt(TensorMemory.Increment(Slot(Steps, parameter)), learningRate);

        if (AdamKernel.Covers(weight))
        {
            AdamKernel.Step(step, weight, gradient, m, v);
            return;
        }

        using var decayed = gradient.add(weight, alpha: spec.WeightDecay);
        m.mul_(spec.Beta1).add_(decayed, alpha: 1 - spec.Beta1);
        v.mul_(spec.Beta2).addcmul_(decayed, decayed, value: 1 - spec.Beta2);

        using var denominator = v.sqrt();
        denominator.div_(step.Correction).add_(spec.Epsilon);
        weight.addcdiv_(m, denominator, value: -step.StepSize);
    }

    private AdamStep StepAt(long step, double learningRate) => new(
        spec.Beta1,
        spec.Beta2,
        spec.WeightDecay,
        spec.Epsilon,
        learningRate / (1 - Math.Pow(spec.Beta1, step)),
        Math.Sqrt(1 - Math.Pow(spec.Beta2, step)));
}
