using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Verification;

/// <summary>How a case is computed.</summary>
/// <param name="Groups">How many layer groups the network is cut into.</param>
/// <param name="Window">Time steps a frame.</param>
/// <param name="Precision">The format everything is computed in.</param>
public sealed record VerificationOptions(int Groups = 1, int Window = int.MaxValue, Precision Precision = Precision.Float64)
{
    /// <summary>The largest relative difference that counts as agreement.</summary>
    public double Tolerance { get; init; } = DefaultTolerance(Precision);

    /// <summary>A hundred times and more what rounding was measured to do (docs/verification.md).</summary>
    public static double DefaultTolerance(Precision precision) => precision == Precision.Float64 ? 1e-9 : 1e-3;
}

/// <summary>
/// Computes every section of a case through layer groups, and compares. Each section begins with the case's own weights
/// and statistics.
/// </summary>
public sealed class CaseVerification(GoldenCase golden, VerificationOptions options)
{
    private const int PhaseBits = 8;

    private readonly Encoder _encoder = new PhaseEncoder(golden.TimeSteps, PhaseBits);

    private readonly ImageSet _images = new(
        HashFill.Images(golden.Images, golden.ImageShape, golden.Seed),
        golden.Labels.ToArray(),
        (int)golden.ImageShape[0],
        (int)golden.ImageShape[1],
        (int)golden.ImageShape[2],
        golden.Classes);

    /// <summary>The sections, each once it is computed.</summary>
    public IEnumerable<SectionResult> Sections()
    {
        using var batch = ImageBatch.Load(_images, [.. Enumerable.Range(0, golden.Images)], options.Precision.ToScalarType());
        using var encoded_TNCHW = _encoder.Encode(batch.Bytes_NCHW, _ => CounterRandom.For(0, "the phase code draws nothing"));
        yield return Inputs(encoded_TNCHW);

        var probes = Section("probes");
        var statistics = Section("running statistics");

        // At rate 0, a training step leaves the weights as they are.
        using (var pipeline = Pipeline(new OptimizerSpec { Kind = OptimizerKind.Sgd, WeightDecay = 0 }))
        {
            yield return Gradients("eval", golden.Eval, BatchStatistics.Running, pipeline, batch, encoded_TNCHW, probes, statistics);
            yield return Gradients("train", golden.Train, BatchStatistics.Batch, pipeline, batch, encoded_TNCHW, probes, statistics);
            yield return probes.Result;
            yield return statistics.Result;
            yield return Attacked("fgsm", golden.Fgsm, new Fgsm(golden.Fgsm.Epsilon), pipeline);
            yield return Attacked("pgd", golden.Pgd, new CasePgd(golden), pipeline);
        }

        using (var pipeline = Pipeline(new OptimizerSpec { WeightDecay = golden.Adam.WeightDecay }))
        {
            yield return Trained(golden.Adam, pipeline, batch, encoded_TNCHW);
        }
    }

    private Comparison Section(string name) => new(name, options.Tolerance);

    /// <summary>
    /// A section whose passes follow the signs of gradients. In float32 a sign may fall either way where the gradient is near
    /// 0, and every later spike with it: only what many signs make up can agree, the norms of whole tensors.
    /// </summary>
    private Comparison SectionOfSigns(string name) => new(name, options.Tolerance, normsOnly: options.Precision == Precision.Float32);

    private LocalPipeline Pipeline(OptimizerSpec optimizer) => new(golden.CreateNetwork(options.Precision).Cut(options.Groups, optimizer), options.Window);

    private SectionResult Inputs(Tensor encoded_TNCHW)
    {
        var comparison = Section("inputs");
        var labels = HashFill.Labels(golden.Images, golden.Classes, golden.Seed);
        comparison.Number("image_sum", golden.ImageSum, _images.Pixels.ToArray().Sum(pixel => (long)pixel));
        comparison.Numbers("labels", [.. golden.Labels.Select(label => (double)label)], [.. labels.Select(label => (double)label)]);
        comparison.Sampled("encoded", golden.Encoded, SampledTensor.Of(encoded_TNCHW, golden.Encoded.At));
        return comparison.Result;
    }

    private SectionResult Gradients(
        string section,
        GradientFigures expected,
        BatchStatistics batchNorm,
        LocalPipeline pipeline,
        ImageBatch batch,
        Tensor encoded_TNCHW,
        Comparison probes,
        Comparison statistics)
    {
        Refill(pipeline);
        var request = PassRequest.Training(default, golden.TimeSteps, learningRate: 0) with
        {
            BatchNorm = batchNorm,
            TrackStatistics = batchNorm == BatchStatistics.Batch,
            InputGradient = true,
            Probes = true,
        };
        using var pass = new BatchPass(request, encoded_TNCHW.alias(), batch.Labels);
        var weightGradients = new Dictionary<string, SampledTensor>();
        pipeline.Run(pass, (weight, gradient) => weightGradients.Add(weight.Key, SampledTensor.Of(gradient, expected.WeightGradients[weight.Key].At)));

        var comparison = Section(section);
        var (prediction, inputGradients_TNCHW) = (pass.Outcome.Prediction, pass.Outcome.InputGradients_TN!);
        comparison.Matrix($"{section}.logits", expected.Logits, Values(prediction.Logits_NK), golden.Classes);
        comparison.Number($"{section}.loss", expected.Loss, prediction.Losses.Average());
        comparison.Sampled($"{section}.input_gradient", expected.InputGradient, SampledTensor.Of(inputGradients_TNCHW, expected.InputGradient.At));
        foreach (var (key, gradient) in expected.WeightGradients)
        {
            comparison.Sampled($"{section}.weight_gradients.{key}", gradient, weightGradients[key]);
        }

        if (expected.Probes is not null)
        {
            Compare($"{section}.probes", expected.Probes, pass.Outcome.Probes.Operations, probes);
        }

        Compare($"{section}.running_statistics_after", expected.RunningStatistics, pipeline, statistics);
        return comparison.Result;
    }

    /// <summary>The attack as a campaign runs it: what its last pass, the prediction, is shown is what the attack came to.</summary>
    private SectionResult Attacked(string section, AttackFigures expected, Attack attack, LocalPipeline pipeline)
    {
        Refill(pipeline);
        var comparison = SectionOfSigns(section);
        var protocol = ProtocolSpec.AsPublished with { Order = EvaluationOrder.Stored };
        var setting = new TestSetting(protocol, _encoder, _images, golden.Images, golden.Seed, options.Precision.ToScalarType()) { Probes = new() { Operations = false } };
        foreach (var pass in new AttackShard(setting, [attack], slice: ..).Passes())
        {
            pipeline.Run(pass);
            if (pass.Request.Purpose == PassPurpose.Evaluation)
            {
                comparison.Sampled($"{section}.adversarial", expected.Adversarial, SampledTensor.Of(pass.Inputs_TN, expected.Adversarial.At));
                comparison.Matrix($"{section}.logits", expected.Logits, Values(pass.Outcome.Prediction.Logits_NK), golden.Classes);
            }
        }

        return comparison.Result;
    }

    private SectionResult Trained(AdamFigures expected, LocalPipeline pipeline, ImageBatch batch, Tensor encoded_TNCHW)
    {
        Refill(pipeline);
        var losses = new List<double>();
        foreach (var _ in expected.Losses)
        {
            using var pass = new BatchPass(PassRequest.Training(default, golden.TimeSteps, expected.LearningRate), encoded_TNCHW.alias(), batch.Labels);
            pipeline.Run(pass);
            losses.Add(pass.Outcome.Prediction.Losses.Average());
        }

        var comparison = SectionOfSigns("adam");
        comparison.Numbers("adam.losses", expected.Losses, losses);
        Compare("adam.weights_after", expected.WeightsAfter, pipeline, comparison);
        return comparison.Result;
    }

    private void Refill(LocalPipeline pipeline) => HashFill.Fill(pipeline.Groups.SelectMany(group => group.Parameters), golden.Seed);

    private static void Compare(string entry, IReadOnlyDictionary<string, SampledTensor> expected, LocalPipeline pipeline, Comparison comparison)
    {
        var parameters = pipeline.Groups.SelectMany(group => group.Parameters).ToDictionary(parameter => parameter.Key);
        foreach (var (key, tensor) in expected)
        {
            comparison.Sampled($"{entry}.{key}", tensor, SampledTensor.Of(parameters[key].Value, tensor.At));
        }
    }

    private static void Compare(string entry, IReadOnlyList<ModuleProbe> expected, IReadOnlyList<OperationGradient> actual, Comparison comparison)
    {
        // A module that only one of the two knows has no elements in the other.
        var ours = actual.ToDictionary(operation => (operation.Module, operation.Kind));
        foreach (var probe in expected)
        {
            ours.Remove((probe.Module, probe.Kind), out var operation);
            comparison.Count($"{entry}.{probe.Module} ({probe.Kind}).total", probe.Elements, operation?.InputElements ?? 0, probe.Elements);
            comparison.Count($"{entry}.{probe.Module} ({probe.Kind}).zeros", probe.Zeros, operation?.InputZeros ?? 0, probe.Elements);
            comparison.Number($"{entry}.{probe.Module} ({probe.Kind}).norm", probe.Norm, operation?.InputNorm ?? 0);
        }

        foreach (var ((module, kind), operation) in ours)
        {
            comparison.Count($"{entry}.{module} ({kind}).total", 0, operation.InputElements, operation.InputElements);
        }
    }

    private static double[] Values(Tensor tensor)
    {
        using var real = tensor.to_type(ScalarType.Float64);
        return real.ToHost<double>();
    }

    /// <summary>PGD whose start is the case's.</summary>
    private sealed class CasePgd(GoldenCase golden) : Pgd(golden.Pgd.Epsilon, golden.Pgd.StepSize, golden.Pgd.Iterations)
    {
        /// <summary>The hash goes through [T, N, C, H, W]; an attack on the train has the image first, [N, T, C, H, W].</summary>
        protected override double[] Noise(Tensor clean_NTCHW, Func<int, CounterRandom> random)
        {
            var noise_TNCHW = HashFill.Unit("pgd_start", golden.Seed, clean_NTCHW.NumberOfElements);
            var noise_NTCHW = new double[noise_TNCHW.Length];
            var (images, timeSteps) = (golden.Images, golden.TimeSteps);
            var pixels = noise_TNCHW.Length / (images * timeSteps);
            for (var i = 0; i < noise_TNCHW.Length; i++)
            {
                var (t, n, pixel) = (i / pixels / images, i / pixels % images, i % pixels);
                noise_NTCHW[(n * timeSteps + t) * pixels + pixel] = Epsilon * noise_TNCHW[i];
            }

            return noise_NTCHW;
        }
    }
}
