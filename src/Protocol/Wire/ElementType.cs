namespace SpikeTrail.Protocol.Wire;

/// <summary>The element formats a frame can have. The values are part of the wire format.</summary>
public enum ElementType : byte
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 2,
}
