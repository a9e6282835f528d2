using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Encoders;

/// <summary>
/// Latency code (time to first spike): one spike, at step round((T − 1)·(1 − x)) for x = byte/255, halves to even; the
/// brighter, the earlier.
/// </summary>
/// <param name="timeSteps">T.</param>
public sealed class LatencyEncoder(int timeSteps) : Encoder(timeSteps)
{
    /// <inheritdoc/>
    public override Tensor Encode(Tensor bytes_N, Func<int, CounterRandom> random)
    {
        using var x = bytes_N / 255;
        using var fireAt = x.neg_().add_(1).mul_(TimeSteps - 1).round_();
        using var clock = arange(TimeSteps, dtype: bytes_N.dtype, device: bytes_N.device);
        using var clock_T = clock.reshape([TimeSteps, .. Enumerable.Repeat(1L, (int)bytes_N.dim())]);
        using var fires = clock_T == fireAt;
        return fires.to_type(bytes_N.dtype);
    }
}
