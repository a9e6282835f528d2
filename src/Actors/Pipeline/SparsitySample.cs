using SpikeTrail.Actors.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// Counts exact zeros in one frame each way, now and then: enough for a person to watch, next to nothing for the pipeline, and
/// nothing that any result hangs on.
/// </summary>
internal sealed class SparsitySample
{
    private bool _spikesAreOld = true;
    private bool _gradientsAreOld = true;

    /// <summary>Share of exact zeros in a frame that was emitted of late; null before the first.</summary>
    public double? SpikeZeros { get; private set; }

    /// <summary>Share of exact zeros in a gradient frame that was taken of late; null before the first.</summary>
    public double? GradientZeros { get; private set; }

    /// <summary>The next frame each way is looked at.</summary>
    public void Renew() => (_spikesAreOld, _gradientsAreOld) = (true, true);

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
    /// <param name="group">The layer group's index, from 0.</param>
    public void Record(int group)
    {
        Record(SpikeZeros, "spikes", group);
        Record(GradientZeros, "gradients", group);
    }

    private static void Record(double? zeros, string kind, int group)
    {
        if (zeros is { } share && Instruments.Sparsity.Enabled)
        {
            Instruments.Sparsity.Record(share, new("kind", kind), new("group", group));
        }
    }

    private static double ShareOfZeros(Tensor values)
    {
        using var nonZero = values.count_nonzero();
        return 1 - ((double)nonZero.item<long>() / values.NumberOfElements);
    }
}
