using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// Measures a slice of the test set as it is: loss and accuracy by the protocol's rule for predictions, the gradient by
/// its rule for attacks. Running statistics stay as they are: the published code, too, measures this before any attack.
/// </summary>
/// <param name="setting">On what, and by which rules.</param>
/// <param name="slice">Which images, in the protocol's order.</param>
public sealed class CleanShard(TestSetting setting, Range slice) : IPassJob
{
    private readonly GradientTally _gradients = new();
    private readonly CourseTally? _course = setting.NewCourse();

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => setting.Count(slice) * CostPerImage(setting.Protocol);

    /// <inheritdoc/>
    public double? InputZeroFraction => _gradients.InputZeroFraction;

    /// <summary>What was measured; complete once all passes have run.</summary>
    public Measurement Measurement => _gradients.Measurement(Totals, vulnerability: null) with { Course = _course?.Course };

    /// <summary>Image passes that one image takes.</summary>
    private static long CostPerImage(ProtocolSpec protocol) =>
        protocol.AttackStatistics == protocol.PredictionStatistics ? 3 : 4;

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes() => setting.Batches(slice).SelectMany(Batch);

    private IEnumerable<BatchPass> Batch(int[] indices)
    {
        using var batch = setting.Load(indices);
        using var space = AttackSpace.Create(setting, batch);
        var code = setting.Random("attack-code").At(0).At(0);

        using var pass = new BatchPass(setting.ProbedGradient, space.Show(space.Clean_N, epsilon: 0, code), batch.Labels);
        yield return pass;
        using var gradient = space.Gradient(pass.Outcome.InputGradients_TN!);
        _gradients.Start(gradient, pass.Outcome.Probes);

        if (setting.Prediction.BatchNorm == pass.Request.BatchNorm)
        {
            Count(pass);
            yield break;
        }

        using var evaluation = new BatchPass(setting.Prediction, space.Show(space.Clean_N, epsilon: 0, code), batch.Labels);
        yield return evaluation;
        Count(evaluation);
    }

    private void Count(BatchPass prediction)
    {
        Totals.Add(prediction.Outcome.Prediction.Correct, prediction.Outcome.Prediction.Losses);
        _course?.AddOutcome(prediction.Outcome.Prediction.Correct);
    }
}
