namespace SpikeTrail.Snn.Data;

/// <summary>
/// Labelled images as bytes, in the order their files have them. The pixels of all images lie in one array,
/// row-major [N, C, H, W], 0 to 255; a shorter set shares it with the set it was taken from.
/// </summary>
public sealed class ImageSet
{
    /// <summary>Wraps pixels and labels; the arrays are not copied.</summary>
    /// <param name="pixels">[N, C, H, W], row-major.</param>
    /// <param name="labels">[N], each below <paramref name="classes"/>.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H, in pixels.</param>
    /// <param name="width">W, in pixels.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The sizes do not agree, or a label is out of range.</exception>
    public ImageSet(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<byte> labels, int channels, int height, int width, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (pixels.Length != (long)labels.Length * channels * height * width)
        {
            throw new ArgumentException($"{pixels.Length} pixels are not {labels.Length} images of {channels}x{height}x{width}", nameof(pixels));
        }
        foreach (var label in labels.Span)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, classes, nameof(labels));
        }

        Pixels = pixels;
        Labels = labels;
        Channels = channels;
        Height = height;
        Width = width;
        Classes = classes;
    }

    /// <summary>The bytes of all images, [N, C, H, W].</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The class of each image, [N].</summary>
    public ReadOnlyMemory<byte> Labels { get; }

    /// <summary>C: 1 for grey, 3 for red, green and blue.</summary>
    public int Channels { get; }

    /// <summary>H, in pixels.</summary>
    public int Height { get; }

    /// <summary>W, in pixels.</summary>
    public int Width { get; }

    /// <summary>How many classes there are; labels count from 0.</summary>
    public int Classes { get; }

    /// <summary>N: how many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The bytes of one image: C · H · W.</summary>
    public int ImageBytes => Channels * Height * Width;

    /// <summary>The bytes of one image, [C, H, W].</summary>
    /// <param name="index">Which, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Pixels.Span.Slice(index * ImageBytes, ImageBytes);
    }

    /// <summary>The first images as a set of their own.</summary>
    /// <param name="count">How many: 0 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public ImageSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        return new(Pixels[..(count * ImageBytes)], Labels[..count], Channels, Height, Width, Classes);
    }
}
