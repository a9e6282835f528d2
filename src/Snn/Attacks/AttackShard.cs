using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// Measures a slice of the test set under attack. Batch by batch every attack in turn takes its gradients, then every
/// prediction is made: the published order, which matters where a protocol contaminates batch norm's running statistics.
/// Where none does, attacks do not know of each other, nor do the images under <see cref="ProtocolSpec.Strict"/>:
/// <see cref="SliceShard"/> then comes to the same bits in fewer passes.
/// </summary>
/// <param name="setting">On what, and by which rules.</param>
/// <param name="attacks">The attacks with their budgets.</param>
/// <param name="slice">Which images, in the protocol's order.</param>
public sealed class AttackShard(TestSetting setting, IReadOnlyList<Attack> attacks, Range slice) : IPassJob
{
    private readonly List<AttackTally> _tallies = [.. attacks.Select(attack => new AttackTally(attack, setting.NewCourse()))];

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => setting.Count(slice) * attacks.Sum(attack => CostPerImage(attack, setting.Probes));

    /// <inheritdoc/>
    public double? InputZeroFraction => _tallies[0].Gradients.InputZeroFraction;

    /// <summary>What each attack was measured to come to, in their order; complete once all passes have run.</summary>
    public IReadOnlyList<Measurement> Measurements => [.. _tallies.Select(tally => tally.Measurement)];

    /// <summary>Image passes that one image takes.</summary>
    private static long CostPerImage(Attack attack, ProbeSpec probes) =>
        attack.Restarts * (3L * attack.Iterations + 1) + (attack.IsProbed && probes.RandomPerturbations > 0 ? 4 + probes.RandomPerturbations : 0);

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes() => setting.Batches(slice).SelectMany(Batch);

    private IEnumerable<BatchPass> Batch(int[] indices)
    {
        using var batch = setting.Load(indices);
        using var space = AttackSpace.Create(setting, batch);
        using var attacked = new AttackedImages();
        foreach (var tally in _tallies)
        {
            for (var restart = 0; restart < tally.Attack.Restarts; restart++)
            {
                foreach (var pass in Craft(tally, restart, batch, space, attacked))
                {
                    yield return pass;
                }
            }
        }

        foreach (var tally in _tallies)
        {
            foreach (var pass in Predict(tally, batch, space, attacked).Concat(MeasureVulnerability(tally, batch, space)))
            {
                yield return pass;
            }
        }
    }

    /// <summary>Takes the gradients of one start of one attack, and leaves the attacked images.</summary>
    private IEnumerable<BatchPass> Craft(AttackTally tally, int restart, ImageBatch batch, AttackSpace space, AttackedImages attacked)
    {
        var start = setting.Random("attack-start").At(restart);
        var images_N = attacked.Add(tally.Attack.Start(space.Clean_N, image => start.At(batch.Indices[image])));
        for (var iteration = 0; iteration < tally.Attack.Iterations; iteration++)
        {
            var first = restart == 0 && iteration == 0;
            var request = (first && tally.Attack.IsProbed ? setting.ProbedGradient : setting.Gradient) with { TrackStatistics = setting.Protocol.Contaminates };
            using var pass = Pass(request, images_N, tally.Attack, restart, iteration, batch, space);
            yield return pass;

            using var gradient_N = space.Gradient(pass.Outcome.InputGradients_TN!);
            if (restart == 0)
            {
                tally.Course?.AddLosses(iteration, pass.Outcome.Prediction.Losses);
            }

            if (first)
            {
                tally.Gradients.Start(gradient_N, pass.Outcome.Probes);
            }
            else
            {
                tally.Gradients.Continue(gradient_N);
            }

            images_N = attacked.Replace(images_N, tally.Attack.Step(images_N, space.Clean_N, gradient_N));
        }
    }

    /// <summary>Predicts the attacked images of every start: an image counts as correct only if it withstood all.</summary>
    private IEnumerable<BatchPass> Predict(AttackTally tally, ImageBatch batch, AttackSpace space, AttackedImages attacked)
    {
        tally.BeginBatch(batch.Labels.Count);
        for (var restart = 0; restart < tally.Attack.Restarts; restart++)
        {
            using var images_N = attacked.TakeFirst();
            using var pass = Pass(setting.Prediction, images_N, tally.Attack, restart, tally.Attack.Iterations, batch, space);
            yield return pass;
            if (restart == 0)
            {
                tally.Course?.AddLosses(tally.Attack.Iterations, pass.Outcome.Prediction.Losses);
            }

            tally.Withstood(pass.Outcome.Prediction.Correct, pass.Outcome.Prediction.Losses);
        }

        tally.EndBatch();
        Totals.Add(tally.Correct, tally.Losses);
    }

    /// <summary>
    /// The quantities of theorem 4.1: the clean image's gradient and probability, and those of random perturbations; a code
    /// that draws at random draws for all of them what it drew for the attacked image.
    /// </summary>
    private IEnumerable<BatchPass> MeasureVulnerability(AttackTally tally, ImageBatch batch, AttackSpace space)
    {
        if (setting.Probes.RandomPerturbations == 0 || !tally.Attack.IsProbed)
        {
            yield break;
        }

        using var gradientPass = Pass(setting.Gradient, space.Clean_N, tally.Attack, restart: 0, tally.Attack.Iterations, batch, space);
        yield return gradientPass;
        using var gradient_N = space.Gradient(gradientPass.Outcome.InputGradients_TN!);

        using var clean = Pass(setting.Prediction, space.Clean_N, tally.Attack, restart: 0, tally.Attack.Iterations, batch, space);
        yield return clean;
        var vulnerability = new VulnerabilityProbe(gradient_N, clean.Outcome.Prediction.Losses);

        var uniform = new Noise(tally.Attack.Epsilon, draws: 1);
        for (var sample = 0; sample < setting.Probes.RandomPerturbations; sample++)
        {
            var noise = setting.Random("random-perturbation").At(sample);
            using var images_N = uniform.Start(space.Clean_N, image => noise.At(batch.Indices[image]));
            using var pass = Pass(setting.Prediction, images_N, tally.Attack, restart: 0, tally.Attack.Iterations, batch, space);
            yield return pass;
            vulnerability.AddRandom(pass.Outcome.Prediction.Losses);
        }

        tally.Add(vulnerability);
    }

    /// <summary>A pass over attacked images; a code that draws at random draws afresh for every restart and step.</summary>
    private BatchPass Pass(PassRequest request, Tensor images_N, Attack attack, int restart, int draw, ImageBatch batch, AttackSpace space) =>
        new(request, space.Show(images_N, attack.Epsilon, setting.Random("attack-code").At(restart).At(draw)), batch.Labels);

    /// <summary>The images that every start of every attack has come to, in their order; freed with this, wherever the job is given up.</summary>
    private sealed class AttackedImages : IDisposable
    {
        private readonly List<Tensor> _images = [];

        public Tensor Add(Tensor images_N)
        {
            _images.Add(images_N);
            return images_N;
        }

        public Tensor Replace(Tensor images_N, Tensor by)
        {
            _images[^1] = by;
            images_N.Dispose();
            return by;
        }

        public Tensor TakeFirst()
        {
            var first = _images[0];
            _images.RemoveAt(0);
            return first;
        }

        public void Dispose() => _images.ForEach(images => images.Dispose());
    }
}
