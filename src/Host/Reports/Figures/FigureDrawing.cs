using System.Text.RegularExpressions;
using ScottPlot;
using SkiaSharp;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Draws charts, as SVG and PNG.</summary>
internal static partial class FigureDrawing
{
    /// <summary>The width of every figure: a page of 400 dots shows it whole, with letters that can still be read.</summary>
    public const int Width = 640;

    private const int Height = 330;
    private const int LegendRow = 20;
    private const float TitleSize = 13;
    private const float LabelSize = 9;
    private const float LabelWidth = 5.5f;
    private const float LegendLetter = 6.5f;
    private const float LegendSymbol = 60;

    // Axes, titles and a margin beside the area that is drawn on.
    private const float Beside = 90;

    // More points than this stand too close for large marks.
    private const int Crowd = 40;

    /// <summary>The font of all figures.</summary>
    public const string FontName = "DejaVu Sans";

    // Okabe and Ito (2008): told apart with every common colour blindness, and in grey by their marks.
    private static readonly Color[] Colours =
    [
        .. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C7A00" }.Select(Color.FromHex),
    ];

    private static readonly MarkerShape[] Marks =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond,
    ];

    // All of them have an area that takes a colour, but the last three.
    private static readonly MarkerShape[] ShadedMarks =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.Cross, MarkerShape.Eks, MarkerShape.Asterisk,
    ];

    static FigureDrawing()
    {
        // A machine without fonts gets the same pictures.
        ScottPlot.Fonts.AddFontFile(FontName, FontFile, bold: false, italic: false);
        ScottPlot.Fonts.Default = FontName;
    }

    /// <summary>The font's file. It comes along.</summary>
    public static string FontFile => Path.Combine(AppContext.BaseDirectory, "DejaVuSans.ttf");

    /// <summary>A chart as a file of SVG, of any size that a page gives it.</summary>
    public static string Svg(Chart chart) =>
        Draw(chart).GetSvgXml(Width, HeightOf(chart)).Replace("<svg ", $"<svg viewBox=\"0 0 {Width} {HeightOf(chart)}\" ", StringComparison.Ordinal);

    /// <summary>A figure's SVG as it lies within a page, where other figures have parts of the same names.</summary>
    public static string Inline(Figure figure) => Reference().Replace(figure.Svg[figure.Svg.IndexOf("<svg", StringComparison.Ordinal)..], $"$0{figure.Name}-");

    /// <summary>A chart as a PNG, twice as fine.</summary>
    public static byte[] Png(Chart chart)
    {
        var plot = Draw(chart);
        plot.ScaleFactor = 2;
        using var bitmap = new SKBitmap(2 * Width, 2 * HeightOf(chart), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        plot.Render(canvas, bitmap.Width, bitmap.Height);
        return PngFile.Of(bitmap);
    }

    /// <summary>What is drawn on is about as high in all charts, however much is written beneath it.</summary>
    private static int HeightOf(Chart chart) => Height + LegendRow * LegendRows(chart) + (int)LabelHeight(chart.X);

    private static int LegendRows(Chart chart)
    {
        var entry = LegendSymbol + LegendLetter * chart.Series.Select(series => series.Name.Length).DefaultIfEmpty().Max();
        var abreast = Math.Max(1, (int)((Width - Beside) / entry));
        return (chart.Series.Count + abreast - 1) / abreast;
    }

    private static float LabelHeight(Axis x) => x.Labels is { Count: > 0 } labels ? LabelWidth * labels.Max(label => label.Length) : 0;

    private static Plot Draw(Chart chart)
    {
        var plot = new Plot();
        foreach (var (number, series) in chart.Series.Index())
        {
            if (chart.Shade is null)
            {
                Draw(plot, series, chart.Y, Colours[number % Colours.Length], Marks[number % Marks.Length]);
            }
            else
            {
                DrawShaded(plot, series, MostShade(chart), ShadedMarks[number % ShadedMarks.Length]);
            }
        }

        if (chart.Shade is not null)
        {
            var bar = plot.Add.ColorBar(new Shades(MostShade(chart)));
            bar.Label = chart.Shade;
            bar.LabelStyle.FontSize = TitleSize;
            bar.Width = 16;
        }

        plot.XLabel(chart.X.Title, TitleSize);
        plot.YLabel(chart.Y.Title, TitleSize);
        Fit(plot, chart);
        if (chart.Series.Count > 0)
        {
            plot.ShowLegend(Edge.Bottom);
            if (LegendRows(chart) == chart.Series.Count)
            {
                // The library would make room for as many abreast as it likes, and then cut off what does not fit.
                plot.Legend.Orientation = Orientation.Vertical;
            }
        }

        return plot;
    }

    private static void Draw(Plot plot, Series series, Axis y, Color colour, MarkerShape mark)
    {
        var points = series.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y) && (!y.Logarithmic || point.Y > 0)).ToList();
        double[] xs = [.. points.Select(point => point.X)], ys = [.. points.Select(point => Place(y, point.Y))];
        var line = plot.Add.Scatter(xs, ys, colour);
        line.LegendText = series.Name;
        line.MarkerShape = mark;
        line.MarkerSize = points.Count > Crowd ? 5 : 8;
        line.LineWidth = series.Joined ? 2 : 0;
        Bars(plot, points, y, colour);
    }

    /// <summary>Points whose colour says something: the mark tells series apart, and a dark rim keeps a pale one in sight.</summary>
    private static void DrawShaded(Plot plot, Series series, double most, MarkerShape mark)
    {
        var points = series.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToList();
        Bars(plot, points, new Axis(""), Colors.Gray);
        var rim = plot.Add.Scatter((double[])[.. points.Select(point => point.X)], [.. points.Select(point => point.Y)], Colors.Black);
        rim.LegendText = series.Name;
        rim.MarkerShape = mark;
        rim.MarkerSize = 14;
        rim.LineWidth = 0;
        foreach (var point in points)
        {
            plot.Add.Marker(point.X, point.Y, mark, size: 10, point.Shade is { } shade && double.IsFinite(shade) ? Colour(shade / most) : Colors.Gray);
        }
    }

    private static double MostShade(Chart chart) =>
        chart.Series.SelectMany(series => series.Points).Select(point => point.Shade ?? 0).Where(shade => double.IsFinite(shade) && shade > 0).DefaultIfEmpty(1).Max();

    private static Color Colour(double share)
    {
        var colour = ColourScale.At(share);
        return new Color(colour.Red, colour.Green, colour.Blue);
    }

    /// <summary>Where a number lies on an axis.</summary>
    private static double Place(Axis axis, double value) => axis.Logarithmic ? Math.Log10(value) : value;

    /// <summary>Confidence intervals, or the spread of seeds, where there are any.</summary>
    private static void Bars(Plot plot, IReadOnlyList<ChartPoint> points, Axis y, Color colour)
    {
        var bars = (from point in points where point.Bar is not null || point.Across is not null select Reach(point, y)).ToList();
        if (bars.Count > 0)
        {
            var bar = new ScottPlot.Plottables.ErrorBar(
                [.. bars.Select(bar => bar.X)],
                [.. bars.Select(bar => bar.Y)],
                xErrorsPositive: [.. bars.Select(bar => bar.Right)],
                xErrorsNegative: [.. bars.Select(bar => bar.Left)],
                yErrorsPositive: [.. bars.Select(bar => bar.Up)],
                yErrorsNegative: [.. bars.Select(bar => bar.Down)])
            {
                Color = colour,
            };
            plot.Add.Plottable(bar);
        }
    }

    /// <summary>A point, and how far its bars reach; on a logarithmic axis never below a tenth of it.</summary>
    private static (double X, double Y, double Left, double Right, double Down, double Up) Reach(ChartPoint point, Axis y)
    {
        var across = point.Across ?? new(point.X, point.X);
        var bar = point.Bar ?? new(point.Y, point.Y);
        var (place, low) = (Place(y, point.Y), y.Logarithmic ? Math.Max(bar.Low, point.Y / 10) : bar.Low);
        return (point.X, place, point.X - across.Low, across.High - point.X, place - Place(y, low), Place(y, bar.High) - place);
    }

    private static void Fit(Plot plot, Chart chart)
    {
        plot.Axes.AutoScale();
        if (chart.Y.Limits is { } limits)
        {
            plot.Axes.SetLimitsY(limits.Low, limits.High);
        }

        if (chart.Y.Logarithmic)
        {
            plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
            {
                LabelFormatter = power => $"1E{power:0}",
                IntegerTicksOnly = true,
            };
        }

        if (chart.X.Whole)
        {
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        }

        if (chart.X.Places is { } places)
        {
            plot.Axes.Bottom.SetTicks([.. places], [.. places.Select(place => Numbers.Epsilon(place))]);
        }

        if (chart.X.Labels is { } labels)
        {
            // Of very many, as many as can be told apart.
            var every = (int)Math.Ceiling(labels.Count * (LabelSize + 1) / (Width - Beside));
            var named = labels.Index().Where(label => label.Index % every == 0).ToList();
            plot.Axes.Bottom.SetTicks([.. named.Select(label => (double)label.Index)], [.. named.Select(label => label.Item)]);
            plot.Axes.Bottom.TickLabelStyle.Rotation = 90;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            plot.Axes.Bottom.TickLabelStyle.FontSize = LabelSize;
            plot.Axes.Bottom.MinimumSize = 40 + LabelHeight(chart.X);
        }
    }

    [GeneratedRegex("""\bid="|\burl\(#|\bhref="#""")]
    private static partial Regex Reference();

    /// <summary>The scale of colours beside a chart, from zero to the largest number.</summary>
    private sealed record Shades(double Most) : IHasColorAxis, IColormap
    {
        public string Name => "shades";

        public IColormap Colormap => this;

        public ScottPlot.Range GetRange() => new(0, Most);

        public Color GetColor(double position) => Colour(position);
    }
}
