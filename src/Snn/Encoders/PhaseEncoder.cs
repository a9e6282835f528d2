using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Encoders;

/// <summary>
/// Phase code (Kim et al., 2018): step t emits bit t mod K of the byte, most significant first. The paper's weights
/// omega(t) = 2^-(1 + t mod K), t from 0, are not multiplied into the spikes, as in its published code.
/// </summary>
/// <param name="timeSteps">T.</param>
/// <param name="bits">K, 1 to 8.</param>
public sealed class PhaseEncoder(int timeSteps, int bits) : Encoder(timeSteps)
{
    private const int BitsInByte = 8;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor bytes_N, Func<int, CounterRandom> random)
    {
        using var whole_N = bytes_N.to_type(ScalarType.Int32);
        using var places = tensor(Enumerable.Range(0, TimeSteps).Select(step => BitsInByte - 1 - step % bits).ToArray(), device: bytes_N.device);
        using var places_T = places.reshape([TimeSteps, .. Enumerable.Repeat(1L, (int)bytes_N.dim())]);
        using var shifted_TN = whole_N.bitwise_right_shift(places_T);
        using var one = tensor(1, device: bytes_N.device);
        using var bits_TN = shifted_TN.bitwise_and(one);
        return bits_TN.to_type(bytes_N.dtype);
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor gradients_TN, bool phaseWeights = false)
    {
        if (!phaseWeights)
        {
            return base.Backward(gradients_TN);
        }

        var omega = Enumerable.Range(0, TimeSteps).Select(step => Math.Pow(2, -(1 + step % bits))).ToArray();
        using var omega_double = tensor(omega);
        using var omega_T = omega_double.to(gradients_TN.dtype, gradients_TN.device);
        return tensordot(omega_T, gradients_TN, [0], [0]);
    }
}
