using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Reference;
using static TorchSharp.torch;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>PGD with 7 steps at eps 8/255 on one batch under the protocol strict, and the prediction after it.</summary>
internal sealed class PgdBatchBenchmark(BenchmarkSetting setting) : BatchBenchmark(setting)
{
    private static readonly Attack Attack = new Pgd(epsilon: 8 / 255.0, stepSize: 2.55 / 255, iterations: 7);

    private OpByOpAttacker Attacker => new(Reference, Setting.Encoder);

    public override string Name => "pgd-batch";

    public override string Title => "PGD-7 on a batch, strict";

    public override double Target => 4;

    protected override void Check()
    {
        using var batch = Load();
        using var pass = new BatchPass(PassRequest.AdversarialStep(default, BenchmarkSetting.TimeSteps, probes: false), Encode(batch), batch.Labels);
        Ours.Run(pass);
        using var ours_NCHW = Setting.Encoder.Backward(pass.Outcome.InputGradients_TN!);
        using var clean_NCHW = batch.Bytes_NCHW / 255;
        using var reference_NCHW = Attacker.Gradient(clean_NCHW, Attack.Epsilon, batch);
        var cosine = Cosine(ours_NCHW, reference_NCHW);
        Agree(cosine > 0.999, $"the cosine of their input gradients is {cosine:0.000000}, expected above 0.999");
        AgreeOnClasses(Attacker.Predict(batch).Classes, pass.Outcome.Prediction.Logits_NK);
        RunReference();
        RunOurs();
    }

    protected override void RunOurs()
    {
        var test = new TestSetting(ProtocolSpec.Strict, Setting.Encoder, Images, BenchmarkSetting.BatchSize, BenchmarkSetting.Seed, ScalarType.Float32)
        {
            Probes = new ProbeSpec { Operations = false },
        };
        Ours.Run(new AttackShard(test, [Attack], slice: ..));
    }

    protected override void RunReference()
    {
        using var batch = Load();
        var start = CounterRandom.For(BenchmarkSetting.Seed, "attack-start").At(0);
        using var attacked_NCHW = Attacker.Craft(Attack, batch, image => start.At(batch.Indices[image]));
        Attacker.Predict(attacked_NCHW, Attack.Epsilon, batch);
    }

    /// <summary>The cosine of two gradients; no number where one has no length, and that is above nothing.</summary>
    private static double Cosine(Tensor a, Tensor b)
    {
        using var a_flat = a.flatten();
        using var b_flat = b.flatten();
        using var cosine = nn.functional.cosine_similarity(a_flat, b_flat, dim: 0, eps: 0);
        return cosine.item<float>();
    }
}
