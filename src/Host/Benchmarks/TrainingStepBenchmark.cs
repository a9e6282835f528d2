using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>One step of training: load, encode, forward, backward, Adam.</summary>
internal sealed class TrainingStepBenchmark(BenchmarkSetting setting) : BatchBenchmark(setting)
{
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
        AgreeOnLoss("first", tolerance: 1e-4);

        // Adam's first step is the learning rate in size whatever a gradient's size, so that rounding can turn a weight's around.
        AgreeOnLoss("second", tolerance: 5e-2);
    }

    protected override void RunOurs()
    {
        var step = new TrainingEpoch(Training, Setting.Encoder, Images, BenchmarkSetting.Seed, epoch: 1, ScalarType.Float32);
        Ours.Run(step);
        _ourLoss = step.Totals.MeanLoss;
    }

    protected override void RunReference()
    {
        using var batch = Load();
        using var inputs_TN = Encode(batch);
        _referenceLoss = _trainer!.Step(inputs_TN, batch.Labels);
    }

    private void AgreeOnLoss(string which, double tolerance)
    {
        RunReference();
        RunOurs();
        Agree(
            Math.Abs(_ourLoss - _referenceLoss) <= tolerance * Math.Abs(_referenceLoss),
            $"the {which} step's loss is {_ourLoss:R}, expected {_referenceLoss:R} to {tolerance:0e0}");
    }
}
