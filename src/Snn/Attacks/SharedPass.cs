using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>Something asked of the network about a batch's images.</summary>
/// <param name="Show">What the network is shown, [T, N, C, H, W]: a new tensor.</param>
/// <param name="Take">Takes the answer, whose gradient is freed afterwards.</param>
internal sealed record Question(Func<Tensor> Show, Action<Answer> Take);

/// <summary>What the network answered.</summary>
/// <param name="Gradient_N">dL/dattacked, [N, …], where it was asked for.</param>
/// <param name="Correct">Whether each image was classified correctly.</param>
/// <param name="Losses">Each image's loss.</param>
/// <param name="Probes">What the probes saw.</param>
internal sealed record Answer(Tensor? Gradient_N, IReadOnlyList<bool> Correct, IReadOnlyList<double> Losses, ProbeReport Probes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Gradient_N?.Dispose();
}

/// <summary>Puts questions about one batch side by side into passes, as many as may share one, and hands out the answers.</summary>
internal sealed class SharedPass(TestSetting setting, ImageBatch batch, AttackSpace space)
{
    private readonly int _images = batch.Labels.Count;

    /// <summary>The passes that answer questions of one kind, each question when its pass has run.</summary>
    public IEnumerable<BatchPass> Ask(PassRequest request, IEnumerable<Question> questions)
    {
        foreach (var together in questions.Chunk(setting.BatchesPerPass(_images)))
        {
            using var pass = new BatchPass(request with { Batches = together.Length }, Show(together), [.. together.SelectMany(_ => batch.Labels)]);
            yield return pass;
            for (var place = 0; place < together.Length; place++)
            {
                using var answer = AnswerOf(pass.Outcome, place, together.Length);
                together[place].Take(answer);
            }
        }
    }

    private static Tensor Show(Question[] questions)
    {
        if (questions is [var alone])
        {
            return alone.Show();
        }

        var shown = questions.Select(question => question.Show()).ToList();
        var together = cat(shown, 1);
        shown.ForEach(tensor => tensor.Dispose());
        return together;
    }

    private Answer AnswerOf(BatchOutcome outcome, int place, int places)
    {
        var (correct, losses) = (outcome.Prediction.Correct, outcome.Prediction.Losses);
        return new Answer(Gradient(outcome.InputGradients_TN, place, places), Part(correct), Part(losses), outcome.Probes);

        IReadOnlyList<T> Part<T>(IReadOnlyList<T> all) => places == 1 ? all : [.. all.Skip(place * _images).Take(_images)];
    }

    private Tensor? Gradient(Tensor? gradients_TN, int place, int places)
    {
        if (gradients_TN is null || places == 1)
        {
            return gradients_TN is null ? null : space.Gradient(gradients_TN);
        }

        // In memory as it would lie by itself: how libtorch adds up depends on it.
        using var part_TN = gradients_TN.narrow(1, (long)place * _images, _images);
        using var alone_TN = part_TN.contiguous();
        return space.Gradient(alone_TN);
    }
}
