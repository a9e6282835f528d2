using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Tests.Training;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class SampleJobTests
{
    private const int TimeSteps = 9;
    private const int Count = 4;
    private const double Epsilon = 6.5;

    private static readonly ImageSet Images = TestImages.Bands(7);

    private static readonly AttackSpec Pgd = new() { Name = "pgd", Kind = AttackKind.Pgd, StepSize = 2, Iterations = 3, Restarts = 2 };

    public static TheoryData<AttackKind, EncoderKind> Attacks { get; } = new MatrixTheoryData<AttackKind, EncoderKind>(
        [AttackKind.Fgsm, AttackKind.IteratedFgsm, AttackKind.Pgd], [EncoderKind.Phase, EncoderKind.Rate, EncoderKind.Direct]);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Samples_are_what_the_cells_of_the_same_images_measure(AttackKind kind, EncoderKind encoder)
    {
        using var pipeline = Trained();
        var spec = Pgd with { Kind = kind, Restarts = 1 };
        var setting = Setting(encoder) with { KeepsCourse = true };
        var (clean, attacked) = (new CleanShard(setting, 0..Count), new AttackShard(setting, [Attack.Create(spec, Epsilon)!], 0..Count));
        pipeline.Run(clean);
        pipeline.Run(attacked);

        var samples = Sample(pipeline, spec, encoder);

        Assert.Equal(Withstood(clean.Measurement), samples.Images.Select(image => image.Clean.Class == image.Label));
        Assert.Equal(Withstood(attacked.Measurements.Single()), samples.Images.Select(image => image.Attacked!.Class == image.Label));
        Assert.All(samples.Images, image =>
        {
            var alone = new AttackShard(setting, [Attack.Create(spec, Epsilon)!], image.Index..(image.Index + 1));
            pipeline.Run(alone);
            FitsLoss(alone.Measurements.Single().Loss, image.Label, image.Attacked!);
            Assert.Equal(Images.Image(image.Index).ToArray(), Bytes(image.Clean));
            Assert.InRange(Bytes(image.Clean).Zip(Bytes(image.Attacked!), (before, after) => Math.Abs(after - before)).Max(), 1, 6);
            Assert.InRange(image.Clean.Probability, 1.0 / Classes, 1);
        });
        Assert.Equal(new SampledAttack("strict", "pgd", Epsilon), samples.Attack);
    }

    [Fact]
    public void Of_several_starts_the_first_is_sampled()
    {
        using var pipeline = Trained();

        Assert.Equivalent(Sample(pipeline, Pgd with { Restarts = 1 }, EncoderKind.Rate), Sample(pipeline, Pgd, EncoderKind.Rate), strict: true);
    }

    [Fact]
    public void What_the_network_says_of_an_attacked_picture_is_what_it_says_of_the_picture_itself()
    {
        using var pipeline = Trained();
        var samples = Sample(pipeline, Pgd, EncoderKind.Phase);
        var bytes = samples.Images.SelectMany(image => Bytes(image.Attacked!)).Select(value => (double)value).ToArray();
        using var images_NCHW = tensor(bytes, [Count, .. InputShape]);
        using var pass = new BatchPass(
            PassRequest.Evaluation(default, TimeSteps) with { Spikes = true },
            new PhaseEncoder(TimeSteps, bits: 8).Encode(images_NCHW, _ => throw new InvalidOperationException("draws nothing")),
            [.. samples.Images.Select(image => image.Label)]);

        pipeline.Run(pass);

        Assert.Equal(pass.Outcome.Prediction.Classes, samples.Images.Select(image => image.Attacked!.Class));
        Assert.Equal(pass.Outcome.Prediction.Probabilities(), samples.Images.Select(image => image.Attacked!.Probability));
        Assert.Equivalent(pass.Outcome.Probes.Spikes, samples.Attacked, strict: true);
        var logits = Values(pass.Outcome.Prediction.Logits_NK).Chunk(Classes).ToList();
        Assert.All(samples.Images, image => Assert.Equal(Math.Exp(logits[image.Index].Max()) / logits[image.Index].Sum(Math.Exp), image.Attacked!.Probability, 1e-12));
    }

    [Fact]
    public void However_a_network_is_cut_samples_are_the_same()
    {
        using var whole = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var expected = Sample(whole, Pgd, EncoderKind.Phase, ScalarType.Float32);
        foreach (var (groups, window) in new[] { (2, 1), (3, 4), (5, TimeSteps) })
        {
            using var pipeline = new LocalPipeline(Create(Small() with { Depth = 10 }).Cut(groups, new OptimizerSpec()), window);

            Assert.Equivalent(expected, Sample(pipeline, Pgd, EncoderKind.Phase, ScalarType.Float32), strict: true);
        }
    }

    [Fact]
    public void Without_an_attack_the_clean_images_are_sampled_alone()
    {
        using var pipeline = Trained();
        var samples = Sample(pipeline, attack: null, EncoderKind.Phase);

        Assert.Null(samples.Attack);
        Assert.Empty(samples.Attacked);
        Assert.NotEmpty(samples.Clean);
        Assert.All(samples.Images, image => Assert.Null(image.Attacked));
    }

    [Fact]
    public void Of_a_small_test_set_all_images_are_sampled()
    {
        using var pipeline = Trained();
        var job = new SampleJob(Setting(EncoderKind.Phase), Pgd, Epsilon, images: 20);
        pipeline.Run(job);

        Assert.Equal(Enumerable.Range(0, 7), job.Samples.Images.Select(image => image.Index));
        Assert.Equal(Images.Labels.ToArray().Select(label => (int)label), job.Samples.Images.Select(image => image.Label));
    }

    [Fact]
    public void A_job_asks_for_the_passes_it_announced_and_leaves_no_tensor_behind()
    {
        using var pipeline = Trained();
        var before = LeakTests.TensorsAlive();
        foreach (var attack in new[] { null, Pgd, Pgd with { Kind = AttackKind.Fgsm } })
        {
            var job = new SampleJob(Setting(EncoderKind.Rate), attack, Epsilon, Count);
            var cost = 0L;
            foreach (var pass in job.Passes())
            {
                pipeline.Run(pass);
                cost += pass.Cost;
            }

            Assert.Equal(job.Cost, cost);

            // Given up half-way.
            foreach (var pass in new SampleJob(Setting(EncoderKind.Rate), attack, Epsilon, Count).Passes().Take(2))
            {
                pipeline.Run(pass);
            }
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static LocalPipeline Trained()
    {
        var pipeline = new LocalPipeline(Create(Small(precision: Precision.Float64) with { Depth = 10 }));
        pipeline.Run(new TrainingEpoch(new TrainingSpec { BatchSize = 7, Optimizer = new OptimizerSpec { LearningRate = 1e-2 } }, new DirectEncoder(TimeSteps), Images, seed: 1, epoch: 1, ScalarType.Float64));
        return pipeline;
    }

    private static RunSamples Sample(LocalPipeline pipeline, AttackSpec? attack, EncoderKind encoder, ScalarType type = ScalarType.Float64)
    {
        var job = new SampleJob(Setting(encoder, type), attack, Epsilon, Count);
        pipeline.Run(job);
        return job.Samples;
    }

    private static TestSetting Setting(EncoderKind encoder, ScalarType type = ScalarType.Float64) => new(
        ProtocolSpec.Strict,
        Encoder.Create(new DataSetSpec { Name = "bands", TimeSteps = TimeSteps, Encoder = new EncoderSpec(encoder) }),
        Images,
        BatchSize: Count,
        Seed: 1,
        type);

    private static IReadOnlyList<bool> Withstood(Measurement measured) => ImageBits.Unpack(measured.Course!.Withstood, Count);

    /// <summary>The probability shown is that of the class shown: of the image's own class, or more than that has.</summary>
    private static void FitsLoss(double loss, int label, ShownImage shown)
    {
        var ownClass = Math.Exp(-loss);
        if (shown.Class == label)
        {
            Assert.Equal(ownClass, shown.Probability, 1e-12);
        }
        else
        {
            Assert.InRange(ownClass, 0, Math.Min(shown.Probability, 1 - shown.Probability));
        }
    }

    private static byte[] Bytes(ShownImage shown) => Convert.FromBase64String(shown.Pixels);
}
