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
        using var whole = bytes_N.to_type(ScalarType.Int32);
        var steps = Enumerable.Range(0, TimeSteps).Select(step => Bit(whole, BitsInByte - 1 - step % bits, bytes_N.dtype)).ToList();
        var spikes_TN = stack(steps, 0);
        steps.ForEach(step => step.Dispose());
        return spikes_TN;
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

    private static Tensor Bit(Tensor whole, int bit, ScalarType type)
    {
        using var shifted = whole.bitwise_right_shift(bit);
        using var one = shifted.bitwise_and(1);
        return one.to_type(type);
    }
}
