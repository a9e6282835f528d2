using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Encoders;

/// <summary>
/// Turns images of bytes into T inputs each, and gradients with respect to those inputs into one with respect to the
/// image: straight through, as if the code were the identity at every step.
/// </summary>
/// <param name="timeSteps">T.</param>
public abstract class Encoder(int timeSteps)
{
    /// <summary>T.</summary>
    public int TimeSteps { get; } = timeSteps;

    /// <summary>The encoder a data set's specification asks for.</summary>
    public static Encoder Create(DataSetSpec spec) => spec.Encoder.Kind switch
    {
        EncoderKind.Phase => new PhaseEncoder(spec.TimeSteps, spec.Encoder.PhaseBits),
        EncoderKind.Latency => new LatencyEncoder(spec.TimeSteps),
        EncoderKind.Rate => new RateEncoder(spec.TimeSteps),
        EncoderKind.Direct => new DirectEncoder(spec.TimeSteps),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Encoder.Kind, "no such encoder"),
    };

    /// <summary>Whether the code draws at random.</summary>
    public virtual bool Draws => false;

    /// <summary>Encodes a batch.</summary>
    /// <param name="bytes_N">[N, …] of whole numbers 0 to 255, in the precision wanted of the result.</param>
    /// <param name="random">The randomness of each image of the batch, by its place in it; only the rate code draws any.</param>
    /// <returns>[T, N, …] with values in [0, 1].</returns>
    public abstract Tensor Encode(Tensor bytes_N, Func<int, CounterRandom> random);

    /// <summary>The straight-through gradient with respect to the image in [0, 1]: the mean over T of that of the inputs, [T, N, …] → [N, …].</summary>
    /// <param name="gradients_TN">dL/dinputs.</param>
    /// <param name="phaseWeights">Weigh step t by omega(t) where the code has such weights, in place of 1/T.</param>
    public virtual Tensor Backward(Tensor gradients_TN, bool phaseWeights = false) => gradients_TN.mean([0]);
}
