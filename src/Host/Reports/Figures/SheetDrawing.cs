using System.Globalization;
using System.Net;
using System.Text;
using SkiaSharp;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Draws sheets, as SVG and PNG.</summary>
internal static class SheetDrawing
{
    private const int Fineness = 2;
    private const string Ink = "#1a1c1f";

    /// <summary>A sheet as a file of SVG. Within a page its words take the page's colour, and the paper is the page.</summary>
    public static string Svg(Sheet sheet)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Sheet.Width}\" height=\"{sheet.Height}\" viewBox=\"0 0 {Sheet.Width} {sheet.Height}\" "))
            .Append($"color=\"{Ink}\" font-family=\"{FigureDrawing.FontName}, sans-serif\">\n<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        foreach (var picture in sheet.Pictures)
        {
            text.Append(Invariant($"<image x=\"{picture.X}\" y=\"{picture.Y}\" width=\"{picture.Width}\" height=\"{picture.Height}\" "))
                .Append($"preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{Convert.ToBase64String(Png(picture.Bitmap))}\"/>\n");
        }

        foreach (var words in sheet.Words)
        {
            text.Append(Invariant($"<text x=\"{words.X}\" y=\"{words.Y}\" font-size=\"{words.Size}\" fill=\"currentColor\"{(words.Centred ? " text-anchor=\"middle\"" : "")}>"))
                .Append($"{WebUtility.HtmlEncode(words.Text)}</text>\n");
        }

        return text.Append("</svg>\n").ToString();
    }

    /// <summary>A sheet as a PNG.</summary>
    public static byte[] Png(Sheet sheet)
    {
        using var bitmap = new SKBitmap(Fineness * Sheet.Width, Fineness * sheet.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Scale(Fineness);
        foreach (var picture in sheet.Pictures)
        {
            using var dots = Draw(picture.Bitmap);
            using var image = SKImage.FromBitmap(dots);
            canvas.DrawImage(image, SKRect.Create((float)picture.X, (float)picture.Y, (float)picture.Width, (float)picture.Height), new SKSamplingOptions(SKFilterMode.Nearest));
        }

        using var typeface = SKTypeface.FromFile(FigureDrawing.FontFile);
        using var paint = new SKPaint { Color = SKColor.Parse(Ink), IsAntialias = true };
        foreach (var words in sheet.Words)
        {
            using var font = new SKFont(typeface, (float)words.Size);
            canvas.DrawText(words.Text, (float)words.X, (float)words.Y, words.Centred ? SKTextAlign.Center : SKTextAlign.Left, font, paint);
        }

        return PngFile.Of(bitmap);
    }

    private static byte[] Png(Bitmap bitmap)
    {
        using var dots = Draw(bitmap);
        return PngFile.Of(dots);
    }

    private static SKBitmap Draw(Bitmap bitmap) => new(bitmap.Width, bitmap.Height, SKColorType.Rgba8888, SKAlphaType.Opaque)
    {
        Pixels = [.. bitmap.Dots.Select(dot => new SKColor(dot.Red, dot.Green, dot.Blue))],
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
