namespace SpikeTrail.Snn.Native;

/// <summary>libtorch, the native library under every tensor, could not be taken from where it was asked for.</summary>
public sealed class LibTorchException : Exception
{
    /// <summary>Says what was asked for, where, and what was found instead.</summary>
    public LibTorchException(string message)
        : base(message)
    {
    }

    /// <summary>The same, with what the loader said.</summary>
    public LibTorchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
