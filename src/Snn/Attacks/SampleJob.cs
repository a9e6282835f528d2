using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// Takes samples for people to look at: the first test images as they are and under an attack, in one batch, and what neurons fire for
/// both. The attack goes as in an <see cref="AttackShard"/>, with the same random start.
/// </summary>
/// <param name="setting">On what, and by which rules: pixels are attacked, and an image's results are its own.</param>
/// <param name="attack">The attack; null to sample the clean images alone.</param>
/// <param name="epsilon">Its budget in units of 1/255.</param>
/// <param name="images">How many images; fewer where the test set has fewer.</param>
public sealed class SampleJob(TestSetting setting, AttackSpec? attack, double epsilon, int images) : IPassJob
{
    private const int FirstStart = 0;

    private readonly Attack? _attack = attack is null ? null : Attack.Create(attack, epsilon);
    private readonly int[] _indices = [.. Enumerable.Range(0, Math.Min(images, setting.Images.Count))];
    private RunSamples? _samples;

    /// <inheritdoc/>
    public long Cost => _indices.Length * (_attack is null ? 1 : 1 + 3L * _attack.Iterations + 1);

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <summary>The samples.</summary>
    /// <exception cref="InvalidOperationException">Not all passes have run.</exception>
    public RunSamples Samples => _samples ?? throw new InvalidOperationException("not all passes have run");

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes()
    {
        using var batch = setting.Load(_indices);
        using var space = new PixelSpace(setting, batch);
        using var clean = Predict(space.Clean_N, budget: 0, draw: 0, batch, space);
        yield return clean;
        Totals.Add(clean.Outcome.Prediction.Correct, clean.Outcome.Prediction.Losses);
        var shown = Show(batch.Bytes_NCHW, clean.Outcome.Prediction);
        if (_attack is null)
        {
            _samples = Take(batch, shown, attacked: null, clean.Outcome.Probes.Spikes, []);
            yield break;
        }

        var start = setting.Random("attack-start").At(FirstStart);
        var images_N = _attack.Start(space.Clean_N, image => start.At(batch.Indices[image]));
        try
        {
            for (var iteration = 0; iteration < _attack.Iterations; iteration++)
            {
                using var step = Pass(setting.Gradient, images_N, _attack.Epsilon, iteration, batch, space);
                yield return step;
                using var gradient_N = space.Gradient(step.Outcome.InputGradients_TN!);
                using var before_N = images_N;
                images_N = _attack.Step(before_N, space.Clean_N, gradient_N);
            }

            using var attacked = Predict(images_N, _attack.Epsilon, _attack.Iterations, batch, space);
            yield return attacked;
            using var bytes_NCHW = space.Bytes(images_N, _attack.Epsilon);
            _samples = Take(batch, shown, Show(bytes_NCHW, attacked.Outcome.Prediction), clean.Outcome.Probes.Spikes, attacked.Outcome.Probes.Spikes);
        }
        finally
        {
            images_N.Dispose();
        }
    }

    private BatchPass Predict(Tensor images_N, double budget, int draw, ImageBatch batch, PixelSpace space) =>
        Pass(setting.Prediction with { Spikes = true }, images_N, budget, draw, batch, space);

    private BatchPass Pass(PassRequest request, Tensor images_N, double budget, int draw, ImageBatch batch, PixelSpace space) =>
        new(request, space.Show(images_N, budget, setting.Random("attack-code").At(FirstStart).At(draw)), batch.Labels);

    private ShownImage[] Show(Tensor bytes_NCHW, Prediction prediction)
    {
        using var bytes = bytes_NCHW.to_type(ScalarType.Byte);
        using var rowMajor = bytes.contiguous();
        var pixels = rowMajor.ToHost<byte>();
        var probabilities = prediction.Probabilities();
        return
        [
            .. _indices.Select(image => new ShownImage(
                Convert.ToBase64String(pixels, image * setting.Images.ImageBytes, setting.Images.ImageBytes), prediction.Classes[image], probabilities[image])),
        ];
    }

    private RunSamples Take(
        ImageBatch batch, ShownImage[] clean, ShownImage[]? attacked, IReadOnlyList<LayerSpikes> cleanSpikes, IReadOnlyList<LayerSpikes> attackedSpikes) => new(
        setting.Images.Channels,
        setting.Images.Height,
        setting.Images.Width,
        attack is null ? null : new SampledAttack(setting.Protocol.Name, attack.Name, epsilon),
        [.. _indices.Select(image => new SampledImage(image, batch.Labels[image], clean[image], attacked?[image]))],
        cleanSpikes,
        attackedSpikes);
}
