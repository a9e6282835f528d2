using System.Diagnostics;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>What one layer of a network costs in a training step, measured: what a network's cut is decided by.</summary>
/// <param name="Layer">Its name, such as <c>layer1.0</c>.</param>
/// <param name="Seconds">Forward, backward and weight update of one batch over all T time steps.</param>
/// <param name="Bytes">Weights, the largest of their gradients, the optimiser's state, and what backward keeps of one batch.</param>
public sealed record BlockProfile(string Layer, double Seconds, long Bytes)
{
    /// <summary>Measures every layer of a network: runs some training steps with each layer as a layer group of its own.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="inputShape">One image, [C, H, W].</param>
    /// <param name="classes">K.</param>
    /// <param name="timeSteps">T.</param>
    /// <param name="batchSize">N.</param>
    /// <param name="optimizer">What updates the weights.</param>
    /// <param name="device">Where.</param>
    /// <param name="steps">How many steps; the first warms up, of the others the fastest counts.</param>
    public static IReadOnlyList<BlockProfile> Measure(
        NetworkSpec spec, IReadOnlyList<long> inputShape, int classes, int timeSteps, int batchSize, OptimizerSpec optimizer, Device device, int steps = 5)
    {
        var network = Network.Create(spec, inputShape, classes, seed: 0);
        int[] cut = [.. Enumerable.Range(1, network.Layers.Count - 1)];
        var groups = network.Layers.Select((_, index) => network.Group(index, network.Layers.Count, device, optimizer, cut)).ToList();
        var seconds = Enumerable.Repeat(double.PositiveInfinity, groups.Count).ToArray();
        var kept = new long[groups.Count];
        try
        {
            using var images = rand([timeSteps, batchSize, .. inputShape], spec.Precision.ToScalarType());
            for (var step = 0; step < steps; step++)
            {
                var took = Step(groups, images, [.. Enumerable.Range(0, batchSize).Select(image => image % classes)], step, kept);
                for (var index = 0; step > 0 && index < groups.Count; index++)
                {
                    seconds[index] = Math.Min(seconds[index], took[index].TotalSeconds);
                }
            }

            return [.. network.Layers.Select((layer, index) => new BlockProfile(
                layer.ToString()!, seconds[index], kept[index] + groups[index].StateBytes + groups[index].Parameters.Select(parameter => parameter.Bytes).DefaultIfEmpty().Max()))];
        }
        finally
        {
            groups.ForEach(group => group.Dispose());
        }
    }

    private static TimeSpan[] Step(List<LayerGroup> groups, Tensor images, int[] labels, int step, long[] kept)
    {
        var request = PassRequest.Training(new PassId(step), (int)images.shape[0], learningRate: 0);
        var took = new TimeSpan[groups.Count];
        var passes = groups.Select(group => group.Begin(request)).ToList();
        var frames = Frame.Split(images, int.MaxValue).ToList();
        for (var index = 0; index < groups.Count; index++)
        {
            frames = Timed(ref took[index], () => passes[index].Forward(frames.Single()).ToList());
            kept[index] = passes[index].SavedBytes;
        }

        using var prediction = Prediction.From(frames, labels);
        frames.ForEach(frame => frame.Dispose());
        frames = [.. prediction.GradientFrames(request, int.MaxValue)];
        for (var index = groups.Count - 1; index >= 0; index--)
        {
            frames = Timed(ref took[index], () =>
            {
                var gradients = passes[index].Backward(frames.Single()).ToList();
                using (passes[index])
                {
                    passes[index].Complete();
                }

                return gradients;
            });
        }

        return took;
    }

    private static T Timed<T>(ref TimeSpan took, Func<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        var result = work();
        took += Stopwatch.GetElapsedTime(started);
        return result;
    }
}
