using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// Runs passes through layer groups one after another on the calling thread: the library without actors, and the
/// control that the pipeline of actors must equal bit for bit.
/// </summary>
/// <param name="groups">The layer groups, first to last. Owned by the pipeline.</param>
/// <param name="window">Time steps a frame.</param>
public sealed class LocalPipeline(IReadOnlyList<LayerGroup> groups, int window = int.MaxValue) : IDisposable
{
    private long _passes;

    /// <summary>A whole network as one layer group.</summary>
    public LocalPipeline(Network network, OptimizerSpec? optimizer = null)
        : this(network.Cut(1, optimizer ?? new OptimizerSpec()))
    {
    }

    /// <summary>The layer groups, first to last.</summary>
    public IReadOnlyList<LayerGroup> Groups => groups;

    /// <summary>Runs a job to its end.</summary>
    public void Run(IPassJob job)
    {
        foreach (var pass in job.Passes())
        {
            Run(pass);
        }
    }

    /// <summary>
    /// Runs one pass and leaves its outcome in it. Should training fail in the midst of its updates, some weights are a step ahead of others: the
    /// pipeline then refuses further passes.
    /// </summary>
    /// <param name="pass">The pass.</param>
    /// <param name="inspectWeightGradients">Is shown each weight's gradient, where the pass takes them, as soon as it is complete: before it is used and freed.</param>
    public void Run(BatchPass pass, Action<Parameter, Tensor>? inspectWeightGradients = null)
    {
        var request = pass.Request with { Id = new PassId(_passes++) };
        var steps = groups.Select(group => group.Begin(request, inspectWeightGradients)).ToList();
        try
        {
            var outputs = steps.Aggregate(Frame.Split(pass.Inputs_TN, window), (frames, step) => frames.SelectMany(step.Forward)).ToList();
            var prediction = Prediction.From(outputs, pass.Labels, request.Batches);
            outputs.ForEach(frame => frame.Dispose());

            var inputGradients = request.Backward ? Backward(prediction, request, steps) : null;
            pass.Outcome = new BatchOutcome(prediction, inputGradients, ProbeReport.Concat([.. steps.Select(step => step.Complete())]));
        }
        finally
        {
            steps.ForEach(step => step.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }
    }

    private Tensor? Backward(Prediction prediction, PassRequest request, List<LayerGroupPass> steps)
    {
        var gradients = steps.AsEnumerable().Reverse()
            .Aggregate(prediction.GradientFrames(request, window), (frames, step) => frames.SelectMany(step.Backward)).ToList();
        if (gradients.Count == 0)
        {
            return null;
        }

        var inputGradients = Frame.Join(gradients);
        gradients.ForEach(frame => frame.Dispose());
        return inputGradients;
    }
}
