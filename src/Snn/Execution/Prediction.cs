using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// The readout: logits are the mean over time of the last layer's output, the loss is their cross-entropy with the
/// labels (REFERENCE: training as published).
/// </summary>
public sealed class Prediction : IDisposable
{
    private readonly IReadOnlyList<int> _labels;
    private readonly Tensor _labels_N;

    private Prediction(Tensor logits_NK, IReadOnlyList<int> labels)
    {
        Logits_NK = logits_NK;
        _labels = labels;
        _labels_N = tensor(labels.Select(label => (long)label).ToArray(), device: logits_NK.device).DetachFromDisposeScope();
        using var losses = nn.functional.cross_entropy(logits_NK, _labels_N, reduction: nn.Reduction.None);
        using var losses_double = losses.to_type(ScalarType.Float64);
        using var losses_onHost = losses_double.cpu();
        using var classes = logits_NK.argmax(1);
        using var classes_onHost = classes.cpu();
        Losses = losses_onHost.data<double>().ToArray();
        Classes = [.. classes_onHost.data<long>().ToArray().Select(predicted => (int)predicted)];
        Correct = [.. Classes.Zip(labels, (predicted, label) => predicted == label)];
    }

    /// <summary>The logits, [N, K].</summary>
    public Tensor Logits_NK { get; }

    /// <summary>The cross-entropy of each image.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>The class that each image is taken for; a tie goes to the lower one.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>Whether each image is classified correctly; a tie goes to the lower class.</summary>
    public IReadOnlyList<bool> Correct { get; }

    /// <summary>Reads a pass out from the last layer's frames of all T steps, each [W, N, K]. The frames stay the caller's.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="labels">The N true classes.</param>
    /// <param name="batches">How many batches share the pass.</param>
    public static Prediction From(IReadOnlyCollection<Frame> frames, IReadOnlyList<int> labels, int batches = 1)
    {
        using var outputs_TNK = Frame.Join(frames);
        return new Prediction(Logits(outputs_TNK, batches).DetachFromDisposeScope(), labels);
    }

    /// <summary>
    /// dL/doutputs as gradient frames, last time step first. L is the mean of the losses over the batch in a training
    /// pass and their sum otherwise, so that there an image's gradient is that of its own loss whatever batch it is in.
    /// </summary>
    /// <param name="request">The pass.</param>
    /// <param name="window">Time steps a frame.</param>
    public IEnumerable<Frame> GradientFrames(PassRequest request, int window)
    {
        using var probabilities_NK = nn.functional.softmax(Logits_NK, 1);
        using var truth_NK = nn.functional.one_hot(_labels_N, Logits_NK.shape[1]);
        var scale = request.Purpose == PassPurpose.Training ? 1.0 / (_labels.Count * request.TimeSteps) : 1.0 / request.TimeSteps;
        using var gradient_NK = probabilities_NK.sub_(truth_NK).mul_(scale);
        using var gradients_TNK = gradient_NK.expand(request.TimeSteps, -1, -1);
        foreach (var frame in Frame.Split(gradients_TNK, window).Reverse())
        {
            using (frame)
            {
                yield return frame with { Values_WN = frame.Values_WN.contiguous() };
            }
        }
    }

    /// <summary>Each image's probability of the class that it is taken for.</summary>
    public double[] Probabilities()
    {
        using var logits_NK = Logits_NK.to_type(ScalarType.Float64);
        using var probabilities_NK = nn.functional.softmax(logits_NK, 1);
        using var largest_N = probabilities_NK.amax([1L]);
        return largest_N.ToHost<double>();
    }

    /// <summary>The mean over time, [N, K]: for each batch by itself, because how libtorch adds up depends on how many sums there are.</summary>
    private static Tensor Logits(Tensor outputs_TNK, int batches)
    {
        if (batches == 1)
        {
            return outputs_TNK.mean([0]);
        }

        var parts = outputs_TNK.chunk(batches, 1);
        var means = parts.Select(Mean).ToList();
        var joined = cat(means, 0);
        foreach (var tensor in parts.Concat(means))
        {
            tensor.Dispose();
        }

        return joined;

        static Tensor Mean(Tensor part_TNK)
        {
            using var alone_TNK = part_TNK.contiguous();
            return alone_TNK.mean([0]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Logits_NK.Dispose();
        _labels_N.Dispose();
    }
}
