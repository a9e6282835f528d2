using SpikeTrail.Actors.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// Counts exact zeros in one frame each way, now and then: enough for a person to watch, next to nothing for the pipeline, and
/// nothing that any result hangs on. Of the last group nothing is counted: it emits no spikes but logits, of which none is zero.
/// </summary>
/// <param name="plan">The layer group.</param>
internal sealed class SparsitySample(LayerGroupPlan plan)
{
    private bool _spikesAreOld = plan.EmitsSpikes;
    private bool _gradientsAreOld = plan.EmitsSpikes;

    /// <summary>Share of exact zeros in a frame of spikes that was emitted of late; null before the first.</summary>
    public double? SpikeZeros { get; private set; }

    /// <summary>Share of exact zeros in a frame of gradients with respect to those that was taken of late; null before the first.</summary>
    public double? GradientZeros { get; private set; }

    /// <summary>The next frame each way is looked at.</summary>
    public void Renew() => (_spikesAreOld, _gradientsAreOld) = (plan.EmitsSpikes, plan.EmitsSpikes);

    /// <summary>A frame is emitted.</summary>
    public void OnSpikes(Tensor values_WN)
    {
        if (_spikesAreOld)
        {
            (SpikeZeros, _spikesAreOld) = (ShareOfZeros(values_WN), false);
        }
    }

    /// <summary>A gradient frame is taken.</summary>
    public void OnGradients(Tensor values_WN)
    {
        if (_gradientsAreOld)
        {
            (GradientZeros, _gradientsAreOld) = (ShareOfZeros(values_WN), false);
        }
    }

    /// <summary>Tells whoever listens.</summary>
    public void Record()
    {
        Record(SpikeZeros, "spikes");
        Record(GradientZeros, "gradients");
    }

    private void Record(double? zeros, string kind)
    {
        if (zeros is { } share && Instruments.Sparsity.Enabled)
        {
            Instruments.Sparsity.Record(share, new("pipeline", plan.PipelineName), new("group", plan.Index), new("kind", kind));
        }
    }

    private static double ShareOfZeros(Tensor values)
    {
        using var nonZero = values.count_nonzero();
        return 1 - ((double)nonZero.item<long>() / values.NumberOfElements);
    }
}
