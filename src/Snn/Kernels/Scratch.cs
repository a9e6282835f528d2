using System.Runtime.InteropServices;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Memory for a kernel to work in, on a cache line's border; freed when disposed.</summary>
/// <param name="count">How many values, not set to anything.</param>
internal readonly unsafe struct Scratch<T>(long count) : IDisposable
    where T : unmanaged
{
    private const int CacheLine = 64;

    /// <summary>The first value.</summary>
    public T* Start { get; } = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), CacheLine);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(Start);
}
