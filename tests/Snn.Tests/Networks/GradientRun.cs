using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Networks;

/// <summary>All that one pass through one layer group computes, its weights left as they are.</summary>
internal sealed record GradientRun(
    double[] Logits,
    double Loss,
    double[] InputGradient,
    IReadOnlyDictionary<string, double[]> WeightGradients,
    IReadOnlyList<OperationGradient> Operations)
{
    /// <summary>The pass of a training step, all gradients and no update: the loss is the mean over the batch.</summary>
    public static PassRequest Request(int timeSteps, BatchStatistics batchNorm, bool probes = false) =>
        PassRequest.Training(default, timeSteps, learningRate: 0) with
        {
            BatchNorm = batchNorm,
            TrackStatistics = batchNorm == BatchStatistics.Batch,
            InputGradient = true,
            Probes = probes,
        };

    /// <summary>Forward and backward.</summary>
    public static GradientRun Of(LayerGroup group, PassRequest request, Tensor inputs_TN, IReadOnlyList<int> labels, int window = int.MaxValue)
    {
        var weightGradients = new Dictionary<string, double[]>();
        using var pass = group.Begin(request, (weight, gradient) => weightGradients.Add(weight.Key, Values(gradient)));
        using var prediction = Predict(pass, inputs_TN, labels, window);
        var frames = prediction.GradientFrames(request, window).SelectMany(pass.Backward).ToList();
        using var inputGradient = Frame.Join(frames);
        frames.ForEach(frame => frame.Dispose());
        return new GradientRun(
            Values(prediction.Logits_NK),
            prediction.Losses.Average(),
            Values(inputGradient),
            weightGradients,
            pass.Complete().Operations);
    }

    /// <summary>The mean loss alone: forward.</summary>
    public static double LossOf(LayerGroup group, PassRequest request, Tensor inputs_TN, IReadOnlyList<int> labels)
    {
        using var pass = group.Begin(request with { WeightGradients = false, InputGradient = false });
        using var prediction = Predict(pass, inputs_TN, labels, int.MaxValue);
        return prediction.Losses.Average();
    }

    private static Prediction Predict(LayerGroupPass pass, Tensor inputs_TN, IReadOnlyList<int> labels, int window)
    {
        var frames = Frame.Split(inputs_TN, window).SelectMany(pass.Forward).ToList();
        var prediction = Prediction.From(frames, labels);
        frames.ForEach(frame => frame.Dispose());
        return prediction;
    }
}
