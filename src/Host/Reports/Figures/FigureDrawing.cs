using ScottPlot;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Draws charts, as SVG and PNG.</summary>
internal static class FigureDrawing
{
    private const int Width = 900;
    private const int Height = 480;
    private const float LetterWidth = 5.5f;

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
        Draw(chart).GetSvgXml(Width, Height).Replace("<svg ", $"<svg viewBox=\"0 0 {Width} {Height}\" ", StringComparison.Ordinal);

    /// <summary>A file of SVG as it lies within a page.</summary>
    public static string Inline(string svg) => svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];

    /// <summary>A chart as a PNG, twice as fine.</summary>
    public static byte[] Png(Chart chart)
    {
        var plot = Draw(chart);
        plot.ScaleFactor = 2;
        return plot.GetImage(2 * Width, 2 * Height).GetImageBytes(ImageFormat.Png);
    }

    private static Plot Draw(Chart chart)
    {
        var plot = new Plot();
        foreach (var (number, series) in chart.Series.Index())
        {
            Draw(plot, series, chart.Y, Colours[number % Colours.Length], Marks[number % Marks.Length]);
        }

        plot.XLabel(chart.X.Title);
        plot.YLabel(chart.Y.Title);
        Fit(plot, chart);
        if (chart.Series.Count > 0)
        {
            plot.ShowLegend(Edge.Bottom);
        }

        return plot;
    }

    private static void Draw(Plot plot, Series series, Axis y, Color colour, MarkerShape mark)
    {
        var points = series.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y) && (!y.Logarithmic || point.Y > 0)).ToList();
        double Height(double value) => y.Logarithmic ? Math.Log10(value) : value;
        double[] xs = [.. points.Select(point => point.X)], ys = [.. points.Select(point => Height(point.Y))];
        var line = plot.Add.Scatter(xs, ys, colour);
        line.LegendText = series.Name;
        line.MarkerShape = mark;
        line.MarkerSize = 8;
        line.LineWidth = series.Joined ? 2 : 0;
        Bars(plot, points, colour);
    }

    /// <summary>Confidence intervals, where there are any.</summary>
    private static void Bars(Plot plot, IEnumerable<ChartPoint> points, Color colour)
    {
        var bars = (from point in points where point.Interval is not null select (point.X, point.Y, Interval: point.Interval!.Value)).ToList();
        if (bars.Count > 0)
        {
            var none = new double[bars.Count];
            var bar = new ScottPlot.Plottables.ErrorBar(
                [.. bars.Select(point => point.X)],
                [.. bars.Select(point => point.Y)],
                none,
                none,
                [.. bars.Select(point => point.Interval.High - point.Y)],
                [.. bars.Select(point => point.Y - point.Interval.Low)])
            {
                Color = colour,
            };
            plot.Add.Plottable(bar);
        }
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

        if (chart.X.Labels is { } labels)
        {
            plot.Axes.Bottom.SetTicks([.. labels.Select((_, place) => (double)place)], [.. labels]);
            plot.Axes.Bottom.TickLabelStyle.Rotation = 90;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            plot.Axes.Bottom.TickLabelStyle.FontSize = 9;
            plot.Axes.Bottom.MinimumSize = Math.Max(110, 40 + LetterWidth * labels.Max(label => label.Length));
        }
    }
}
