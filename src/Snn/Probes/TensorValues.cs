using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>Numbers out of small tensors.</summary>
internal static class TensorValues
{
    /// <summary>The values of a tensor on any device, row-major.</summary>
    public static T[] ToHost<T>(this Tensor tensor)
        where T : unmanaged
    {
        using var onHost = tensor.cpu();
        return onHost.data<T>().ToArray();
    }
}
