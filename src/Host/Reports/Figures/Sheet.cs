namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Pictures and words at their places: a drawing that is no chart.</summary>
/// <param name="Height">Its height; its width is always the same.</param>
/// <param name="Pictures">In the order in which they are drawn.</param>
/// <param name="Words">What is written over them.</param>
/// <param name="Rows">Its data: a header, and rows of cells.</param>
internal sealed record Sheet(int Height, IReadOnlyList<Picture> Pictures, IReadOnlyList<Words> Words, IReadOnlyList<IReadOnlyList<string>> Rows) : Drawing
{
    /// <summary>The width of every sheet.</summary>
    public const int Width = FigureDrawing.Width;

    /// <summary>Whether it shows photographs, which a dark page must not turn around.</summary>
    public bool Photographs { get; init; }

    /// <inheritdoc/>
    public override bool KeepsColours => Photographs;

    /// <inheritdoc/>
    public override string ToCsv() => Csv.Of(Rows);

    /// <inheritdoc/>
    public override string ToSvg() => SheetDrawing.Svg(this);

    /// <inheritdoc/>
    public override byte[] ToPng() => SheetDrawing.Png(this);
}

/// <summary>A bitmap in a frame of its own size: its dots become rectangles with sharp edges.</summary>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Bitmap">The dots.</param>
internal sealed record Picture(double X, double Y, double Width, double Height, Bitmap Bitmap);

/// <summary>Coloured dots.</summary>
/// <param name="Width">Dots across.</param>
/// <param name="Height">Dots down.</param>
/// <param name="Dots">Each dot's colour, row by row.</param>
internal sealed record Bitmap(int Width, int Height, IReadOnlyList<Rgb> Dots)
{
    /// <summary>One dot, for areas of one colour.</summary>
    public static Bitmap Of(Rgb colour) => new(1, 1, [colour]);
}

/// <summary>A colour.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>The colour a share of the way to another.</summary>
    public Rgb Towards(Rgb other, double share) => new(Between(Red, other.Red, share), Between(Green, other.Green, share), Between(Blue, other.Blue, share));

    private static byte Between(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * Math.Clamp(share, 0, 1));
}

/// <summary>A line of text.</summary>
/// <param name="X">Where it begins, or its middle.</param>
/// <param name="Y">Its base line.</param>
/// <param name="Text">What it says.</param>
/// <param name="Size">The letters' size.</param>
/// <param name="Centred">Whether x is its middle.</param>
internal sealed record Words(double X, double Y, string Text, double Size = 13, bool Centred = true);
