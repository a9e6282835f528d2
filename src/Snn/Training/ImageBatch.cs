using SpikeTrail.Snn.Data;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>Some images of a set as a tensor.</summary>
/// <param name="Bytes_NCHW">Whole numbers 0 to 255 in a network's precision. Owned by the batch.</param>
/// <param name="Labels">Their classes.</param>
/// <param name="Indices">Their places in the set: what randomness is keyed by, so that no result depends on the batch an image is in.</param>
public sealed record ImageBatch(Tensor Bytes_NCHW, IReadOnlyList<int> Labels, IReadOnlyList<int> Indices) : IDisposable
{
    /// <summary>Reads images from a set, each flipped left to right where <paramref name="flip"/> says so of its index.</summary>
    public static ImageBatch Load(ImageSet images, IReadOnlyList<int> indices, ScalarType type, Func<int, bool>? flip = null)
    {
        var bytes = new byte[indices.Count * images.ImageBytes];
        for (var i = 0; i < indices.Count; i++)
        {
            var image = bytes.AsSpan(i * images.ImageBytes, images.ImageBytes);
            images.Image(indices[i]).CopyTo(image);
            if (flip is not null && flip(indices[i]))
            {
                for (var row = 0; row < images.Channels * images.Height; row++)
                {
                    image.Slice(row * images.Width, images.Width).Reverse();
                }
            }
        }

        using var unsigned = tensor(bytes, [indices.Count, images.Channels, images.Height, images.Width], ScalarType.Byte);
        return new ImageBatch(
            unsigned.to_type(type).DetachFromDisposeScope(), [.. indices.Select(index => (int)images.Labels.Span[index])], indices);
    }

    /// <inheritdoc/>
    public void Dispose() => Bytes_NCHW.Dispose();
}
