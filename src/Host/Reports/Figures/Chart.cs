using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Points and lines between two axes.</summary>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">What is drawn, each in its own colour and mark.</param>
internal sealed record Chart(Axis X, Axis Y, IReadOnlyList<Series> Series) : Drawing
{
    /// <summary>A row for each point.</summary>
    public override string ToCsv() => Csv.Of(
    [
        ["series", "label", X.Title, Y.Title, "low", "high"],
        .. from series in Series
           from point in series.Points
           select (string[])[series.Name, point.Label, Csv.Number(point.X), Csv.Number(point.Y), Csv.Number(point.Interval?.Low), Csv.Number(point.Interval?.High)],
    ]);

    /// <inheritdoc/>
    public override string ToSvg() => FigureDrawing.Svg(this);

    /// <inheritdoc/>
    public override byte[] ToPng() => FigureDrawing.Png(this);
}

/// <summary>An axis.</summary>
/// <param name="Title">What it measures, with its unit.</param>
/// <param name="Logarithmic">Whether it goes by powers of ten.</param>
/// <param name="Limits">Where it ends, or null to fit.</param>
/// <param name="Whole">Whether there is nothing between 1 and 2.</param>
/// <param name="Labels">Names of the places 0, 1, 2 …, or null for numbers.</param>
internal sealed record Axis(string Title, bool Logarithmic = false, (double Low, double High)? Limits = null, bool Whole = false, IReadOnlyList<string>? Labels = null);

/// <summary>Points that belong together.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">In their order.</param>
/// <param name="Joined">Whether a line joins them.</param>
internal sealed record Series(string Name, IReadOnlyList<ChartPoint> Points, bool Joined = true);

/// <summary>A point.</summary>
/// <param name="X">Where on the horizontal axis.</param>
/// <param name="Y">Where on the vertical one.</param>
/// <param name="Interval">A confidence interval of y.</param>
/// <param name="Label">What it is, where x does not say so.</param>
internal sealed record ChartPoint(double X, double Y, Interval? Interval = null, string Label = "");
