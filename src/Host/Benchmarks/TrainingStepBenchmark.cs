using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>One step of training: load, encode, forward, backward, Adam.</summary>
internal sealed class TrainingStepBenchmark(BenchmarkSetting setting) : BatchBenchmark(setting)
{
    // Of a gradient's length. Rounding alone makes less than 1e-5. It may have a neuron next to its threshold fire on one side
    // alone, which makes one part in the root of its layer's spikes, 1e-2 in the last. A fault in any operation makes far more.
    private const double GradientTolerance = 2e-2;

    private static readonly TrainingSpec Training = new() { BatchSize = BenchmarkSetting.BatchSize, FlipProbability = 0 };

    private OpByOpTrainer? _trainer;
    private double _referenceLoss;
    private double _ourLoss;

    public override string Name => "training-step";

    public override string Title => "training step";

    public override double Target => 3;

    public override void Dispose()
    {
        _trainer?.Dispose();
        base.Dispose();
    }

    protected override void Check()
    {
        _trainer = new OpByOpTrainer(Reference, Training.Optimizer);
        var differences = new Dictionary<string, double>();
        RunReference();
        Train((weight, gradient) => differences.Add(weight.Key, Difference(gradient, Reference.State[weight.Key].grad!)));

        // What goes into Adam is compared, not what comes out: its first step is the learning rate in size whatever a gradient's
        // size, so that rounding turns weights around whose gradient is next to nothing.
        AgreeOnLoss("first step's", _ourLoss, _referenceLoss, tolerance: 1e-4);
        Agree(differences.Count == Reference.Trained.Count, $"{differences.Count} weights have gradients, expected {Reference.Trained.Count}");
        foreach (var (key, difference) in differences)
        {
            Agree(difference <= GradientTolerance, $"the gradients of {key} differ by {difference:0.0000} of their length, expected at most {GradientTolerance}");
        }
    }

    protected override void RunOurs() => Train(inspectGradients: null);

    protected override void RunReference()
    {
        using var batch = Load();
        using var inputs_TN = Encode(batch);
        _referenceLoss = _trainer!.Step(inputs_TN, batch.Labels);
    }

    private void Train(Action<Parameter, Tensor>? inspectGradients)
    {
        var step = new TrainingEpoch(Training, Setting.Encoder, Images, BenchmarkSetting.Seed, epoch: 1, ScalarType.Float32);
        foreach (var pass in step.Passes())
        {
            Ours.Run(pass, inspectGradients);
        }

        _ourLoss = step.Totals.MeanLoss;
    }

    /// <summary>How long the difference of two gradients is, as a share of the reference's length.</summary>
    private static double Difference(Tensor ours, Tensor reference)
    {
        using var difference = ours - reference;
        using var difference_length = difference.norm();
        using var reference_length = reference.norm();
        var apart = difference_length.item<float>();
        return apart == 0 ? 0 : apart / reference_length.item<float>();
    }
}
