using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>Counts exact zeros and takes norms of weight gradients (REFERENCE: the paper's theorem 4.4 is on their density).</summary>
internal static class WeightProbe
{
    /// <summary>One pass's gradient of a weight.</summary>
    public static WeightGradient Measure(string key, Tensor gradient)
    {
        using var nonZero = gradient.count_nonzero();
        using var flat = gradient.reshape(-1);
        using var flat_double = flat.to_type(ScalarType.Float64);
        using var squares = flat_double.dot(flat_double);
        return new WeightGradient(key, gradient.NumberOfElements - nonZero.item<long>(), gradient.NumberOfElements, Math.Sqrt(squares.item<double>()), Passes: 1);
    }
}
