using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Losses and predictions of one clean batch on running statistics.</summary>
internal sealed class EvaluationBatchBenchmark(BenchmarkSetting setting) : BatchBenchmark(setting)
{
    private OpByOpAttacker Attacker => new(Reference, Setting.Encoder);

    public override string Name => "evaluation-batch";

    public override string Title => "clean evaluation of a batch";

    public override double Target => 2;

    protected override void Check()
    {
        using var batch = Load();
        using var pass = new BatchPass(PassRequest.Evaluation(default, BenchmarkSetting.TimeSteps), Encode(batch), batch.Labels);
        Ours.Run(pass);
        var reference = Attacker.Predict(batch);
        AgreeOnLoss("mean", pass.Outcome.Prediction.Losses.Average(), reference.Losses.Average(), tolerance: 1e-3);
        AgreeOnClasses(reference.Classes, pass.Outcome.Prediction.Logits_NK);
        RunReference();
        RunOurs();
    }

    protected override void RunOurs() =>
        Ours.Run(new CleanTest(Setting.Encoder, Images, BenchmarkSetting.BatchSize, BenchmarkSetting.Seed, ScalarType.Float32));

    protected override void RunReference()
    {
        using var batch = Load();
        Attacker.Predict(batch);
    }
}
