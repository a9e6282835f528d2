namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>How many threads a launch has: one a neuron, the last block's surplus idle.</summary>
/// <param name="Blocks">Blocks in the grid, along x.</param>
/// <param name="Threads">Threads a block.</param>
internal readonly record struct LaunchSize(uint Blocks, uint Threads)
{
    private const uint ThreadsOfBlock = 256;

    /// <summary>The size for a number of neurons, which may be more than 32 bits count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are none, or more than a grid of 2³¹ − 1 blocks has threads.</exception>
    public static LaunchSize For(long neurons)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neurons);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(neurons, (long)int.MaxValue * ThreadsOfBlock);
        return new LaunchSize((uint)((neurons - 1) / ThreadsOfBlock + 1), ThreadsOfBlock);
    }
}
