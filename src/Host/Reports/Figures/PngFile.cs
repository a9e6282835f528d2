using SkiaSharp;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Writes bitmaps as PNG.</summary>
internal static class PngFile
{
    // Drawings are areas of one colour. The filters that photographs need would take most of the time, and gain nothing; harder compression a tenth of a report's.
    private static readonly SKPngEncoderOptions Options = new(SKPngEncoderFilterFlags.None, 1);

    public static byte[] Of(SKBitmap bitmap)
    {
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(Options)!;
        return data.ToArray();
    }
}
