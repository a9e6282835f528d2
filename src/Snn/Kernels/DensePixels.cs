using System.Numerics;
using System.Runtime.InteropServices;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Dense products of the pixels that a convolution joins, in either direction: outputs of inputs, or input gradients of gradients.</summary>
internal static unsafe class DensePixels
{
    // Pixels of so many images stay in the second cache beside the weights.
    private const long TileBytes = 1 << 19;

    /// <summary>Multiplies, on the calling thread. Written are sums in the order of the kernel's pixels and of the channels of <paramref name="from"/>.</summary>
    /// <param name="joins">For each pixel of the kernel, which pixels it joins.</param>
    /// <param name="images">How many.</param>
    /// <param name="from">What is multiplied.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="to">What is written; its channels a multiple of a vector's length.</param>
    public static void Multiply<T, TPanels>((int From, int To)[][] joins, int images, Pixels<T> from, TPanels panels, Pixels<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPanels : IPanels<T>
    {
        var tile = (int)Math.Clamp(TileBytes / ((from.ImageSize + to.ImageSize) * sizeof(T)), 1, Math.Max(1, images));
        for (var start = 0; start < images; start += tile)
        {
            MultiplyTile(joins, Math.Min(tile, images - start), from.FromImage(start), panels, to.FromImage(start));
        }
    }

    private static void MultiplyTile<T, TPanels>((int From, int To)[][] joins, int images, Pixels<T> from, TPanels panels, Pixels<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPanels : IPanels<T>
    {
        NativeMemory.Clear(to.At(0, 0), (nuint)(images * to.ImageSize * sizeof(T)));
        for (int column = 0, width; column < to.Channels; column += width)
        {
            width = Columns<T>.BlockAt(column, to.Channels);
            for (var tap = 0; tap < joins.Length; tap++)
            {
                for (var depth = 0; depth < from.Channels; depth += DenseProduct.Depth)
                {
                    // Few weights for many rows: they stay in the nearest cache.
                    var walk = Walk.Along(Math.Min(DenseProduct.Depth, from.Channels - depth));
                    var rows = new DenseRows<T>(width, walk, panels.Of(tap, column, depth), panels.Step(width));
                    rows.Add(images, joins[tap], from.FromChannel(depth), to.FromChannel(column));
                    rows.End();
                }
            }
        }
    }
}

/// <summary>Weights as a dense product reads them: a panel for each pixel of the kernel (tap), block of columns and depth to begin at.</summary>
internal unsafe interface IPanels<T>
    where T : unmanaged
{
    /// <summary>Where a panel begins; <paramref name="column"/> is the first of a block (<see cref="Columns{T}.BlockAt"/>).</summary>
    T* Of(int tap, int column, int depth);

    /// <summary>How far a panel's rows are apart, if it is so many columns wide.</summary>
    int Step(int width);
}

/// <summary>Where the pixels of images lie.</summary>
/// <param name="start">The first value of the first pixel.</param>
/// <param name="pixels">Pixels in an image.</param>
/// <param name="channels">Values in a pixel.</param>
internal readonly unsafe struct Pixels<T>(T* start, int pixels, int channels)
    where T : unmanaged
{
    /// <summary>Values in a pixel.</summary>
    public int Channels => channels;

    /// <summary>Values in an image.</summary>
    public long ImageSize => (long)pixels * channels;

    /// <summary>A pixel of an image.</summary>
    public T* At(int image, int pixel) => start + ((((long)image * pixels) + pixel) * channels);

    /// <summary>The same, from an image on.</summary>
    public Pixels<T> FromImage(int image) => new(At(image, 0), pixels, channels);

    /// <summary>The same, from a channel on.</summary>
    public Pixels<T> FromChannel(int channel) => new(start + channel, pixels, channels);
}
