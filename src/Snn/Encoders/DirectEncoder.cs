using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Encoders;

/// <summary>No code: every step carries the pixel x = byte/255 itself. The control against which codes are judged.</summary>
/// <param name="timeSteps">T.</param>
public sealed class DirectEncoder(int timeSteps) : Encoder(timeSteps)
{
    /// <inheritdoc/>
    public override Tensor Encode(Tensor bytes_N, Func<int, CounterRandom> random)
    {
        using var x_N = bytes_N / 255;
        using var x_1N = x_N.unsqueeze(0);
        using var x_TN = x_1N.expand([TimeSteps, .. bytes_N.shape]);
        return x_TN.contiguous();
    }
}
