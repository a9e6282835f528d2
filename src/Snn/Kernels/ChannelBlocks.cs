using System.Numerics;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// How a row of pixels with C channels each is taken apart: into blocks of whole pixels that stay in a near cache, and those into chunks,
/// which threads take and over which sums are taken. Nothing of it depends on the number of threads.
/// </summary>
internal readonly struct ChannelBlocks
{
    private const int Target = 1024;
    private const int MostChunks = 32;

    // Sums are kept for each chunk and channel: of so many they are still a small array.
    private const int MostSums = 2048;
    private const int EnoughChunks = 8;

    private ChannelBlocks(long rowSize, int channels, int lanes)
    {
        // Whole vectors too, so that none but the last block has values left over.
        var step = lanes / (int)BigInteger.GreatestCommonDivisor(channels, lanes);
        var pixels = Math.Max(1, Target / (channels * step)) * step;
        (RowSize, Channels, Size) = (rowSize, channels, pixels * channels);
        Count = (int)((rowSize + Size - 1) / Size);
        Chunks = Math.Min(Count, Math.Clamp(MostSums / channels, EnoughChunks, MostChunks));
    }

    /// <summary>Values in the row.</summary>
    public long RowSize { get; }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>Values in a block; the last may have fewer.</summary>
    public int Size { get; }

    /// <summary>Blocks.</summary>
    public int Count { get; }

    /// <summary>Chunks of blocks.</summary>
    public int Chunks { get; }

    /// <summary>The blocks of each time step of a window.</summary>
    public static ChannelBlocks OfSteps<T>(Tensor window_WNCHW) =>
        new(window_WNCHW.NumberOfElements / window_WNCHW.size(0), (int)window_WNCHW.size(2), Vector<T>.Count);

    /// <summary>The blocks of a window as one row.</summary>
    public static ChannelBlocks OfWhole<T>(Tensor window_WNCHW) =>
        new(window_WNCHW.NumberOfElements, (int)window_WNCHW.size(2), Vector<T>.Count);

    /// <summary>The blocks from one chunk to before another: where each begins, and its size.</summary>
    public IEnumerable<(long Start, int Count)> Of(int firstChunk, int lastChunk)
    {
        var (first, last) = ((long)Count * firstChunk / Chunks, (long)Count * lastChunk / Chunks);
        for (var start = first * Size; start < Math.Min(last * Size, RowSize); start += Size)
        {
            yield return (start, (int)Math.Min(Size, RowSize - start));
        }
    }
}
