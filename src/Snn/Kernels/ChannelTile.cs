using System.Numerics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>A figure of each channel, repeated for the pixels of a block, and a vector more for those that read whole vectors.</summary>
internal sealed unsafe class ChannelTile<T> : IDisposable
    where T : unmanaged, INumberBase<T>
{
    private readonly Scratch<T> _memory;

    /// <summary>Repeats C figures.</summary>
    public ChannelTile(ReadOnlySpan<double> figures, ChannelBlocks blocks)
    {
        var length = blocks.Size + Vector<T>.Count;
        _memory = new Scratch<T>(length);
        for (var i = 0; i < figures.Length; i++)
        {
            Start[i] = T.CreateTruncating(figures[i]);
        }

        // What is there is doubled: never does a copy reach into what it comes from.
        var tile = new Span<T>(Start, length);
        for (var (done, count) = (figures.Length, 0); done < length; done += count)
        {
            count = Math.Min(done, length - done);
            tile[..count].CopyTo(tile[done..]);
        }
    }

    /// <summary>The first value.</summary>
    public T* Start => _memory.Start;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
