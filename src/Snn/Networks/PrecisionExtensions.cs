using SpikeTrail.Protocol.Campaigns;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>What a precision is called in libtorch.</summary>
public static class PrecisionExtensions
{
    /// <summary>The element type.</summary>
    public static ScalarType ToScalarType(this Precision precision) =>
        precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
