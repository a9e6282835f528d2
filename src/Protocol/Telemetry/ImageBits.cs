namespace SpikeTrail.Protocol.Telemetry;

/// <summary>A yes or no for each image as text: base64 of bytes, image i in bit i mod 8 of byte i / 8, the lowest bit first; unused bits are 0.</summary>
public static class ImageBits
{
    /// <summary>The text.</summary>
    public static string Pack(IReadOnlyList<bool> images)
    {
        var bytes = new byte[Length(images.Count)];
        for (var image = 0; image < images.Count; image++)
        {
            bytes[image / 8] |= (byte)(images[image] ? 1 << (image % 8) : 0);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>What the text says of so many images.</summary>
    /// <exception cref="FormatException">It is no such text, or of another number of images.</exception>
    public static IReadOnlyList<bool> Unpack(string text, int images)
    {
        var bytes = Convert.FromBase64String(text);
        return images >= 0 && bytes.Length == Length(images)
            ? [.. Enumerable.Range(0, images).Select(image => (bytes[image / 8] >> (image % 8) & 1) == 1)]
            : throw new FormatException($"expected the bits of {images} images, found {bytes.Length} bytes");
    }

    private static int Length(int images) => (int)(((long)images + 7) / 8);
}
