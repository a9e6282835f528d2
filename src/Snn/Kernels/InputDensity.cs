using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Whether most inputs are not zero, as what has been through max pooling or added up in residual blocks: a dense product is then faster
/// than sums of spikes.
/// </summary>
internal static unsafe class InputDensity
{
    private const int PieceSize = 1 << 16;

    /// <summary>Whether most of the values of all images together are not zero.</summary>
    public static bool IsHigh<T>(T* values, long count)
        where T : unmanaged, INumber<T>
    {
        var spiking = 0L;
        ThreadTeam.Run((int)((count + PieceSize - 1) / PieceSize), (first, last) =>
        {
            var (start, end) = ((long)first * PieceSize, Math.Min((long)last * PieceSize, count));
            Interlocked.Add(ref spiking, Count(values + start, end - start));
        });
        return 2 * spiking > count;
    }

    /// <summary>Images that follow each other and are alike in this, from the first to before the last.</summary>
    public static IEnumerable<(int First, int Last, bool High)> Runs<T>(Pixels<T> images, int first, int last)
        where T : unmanaged, INumber<T>
    {
        for (var (start, high) = (first, first < last && IsHigh(images, first)); start < last;)
        {
            var (end, next) = (start + 1, !high);
            while (end < last && (next = IsHigh(images, end)) == high)
            {
                end++;
            }

            yield return (start, end, high);
            (start, high) = (end, next);
        }
    }

    private static bool IsHigh<T>(Pixels<T> images, int image)
        where T : unmanaged, INumber<T> => 2 * Count(images.At(image, 0), images.ImageSize) > images.ImageSize;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Count<T>(T* values, long count)
        where T : unmanaged, INumber<T>
    {
        var (silent, i) = (0L, 0L);
        for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            silent += BitOperations.PopCount(Vector512.Equals(Vector512.Load(values + i), Vector512<T>.Zero).ExtractMostSignificantBits());
        }

        for (; i < count; i++)
        {
            silent += values[i] == T.Zero ? 1 : 0;
        }

        return count - silent;
    }
}
