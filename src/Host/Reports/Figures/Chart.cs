using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Points and lines between two axes.</summary>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">What is drawn, each in its own colour and mark.</param>
internal sealed record Chart(Axis X, Axis Y, IReadOnlyList<Series> Series) : Drawing
{
    /// <summary>What a point's colour says; null where colours tell series apart.</summary>
    public string? Shade { get; init; }

    /// <summary>A row for each point, and a column for whatever any point has.</summary>
    public override string ToCsv()
    {
        var points = Series.SelectMany(series => series.Points).ToList();
        (string Title, Func<ChartPoint, double?> Of)[] columns =
        [
            (X.Title, point => point.X),
            (Y.Title, point => point.Y),
            ("low", point => point.Interval?.Low),
            ("high", point => point.Interval?.High),
            .. points.Exists(point => point.Spread is not null) ? [("spread", point => point.Spread)] : NoColumns,
            .. points.Exists(point => point.Across is not null) ? [($"{X.Title}: low", point => point.Across?.Low), ($"{X.Title}: high", point => point.Across?.High)] : NoColumns,
            .. Shade is { } shade ? [(shade, point => point.Shade)] : NoColumns,
        ];
        return Csv.Of(
        [
            ["series", "label", .. columns.Select(column => column.Title)],
            .. from series in Series
               from point in series.Points
               select (string[])[series.Name, point.Label, .. columns.Select(column => Csv.Number(column.Of(point)))],
        ]);
    }

    /// <inheritdoc/>
    public override string ToSvg() => FigureDrawing.Svg(this);

    /// <inheritdoc/>
    public override byte[] ToPng() => FigureDrawing.Png(this);

    private static (string Title, Func<ChartPoint, double?> Of)[] NoColumns => [];
}

/// <summary>An axis.</summary>
/// <param name="Title">What it measures, with its unit.</param>
/// <param name="Logarithmic">Whether it goes by powers of ten.</param>
/// <param name="Limits">Where it ends, or null to fit.</param>
/// <param name="Whole">Whether there is nothing between 1 and 2.</param>
/// <param name="Labels">Names of the places 0, 1, 2 …, or null for numbers.</param>
/// <param name="Places">The only numbers that it names, or null for round ones.</param>
internal sealed record Axis(
    string Title, bool Logarithmic = false, (double Low, double High)? Limits = null, bool Whole = false, IReadOnlyList<string>? Labels = null, IReadOnlyList<double>? Places = null);

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
internal sealed record ChartPoint(double X, double Y, Interval? Interval = null, string Label = "")
{
    /// <summary>Where y is a mean over seeds, their standard deviation, which is drawn in the interval's place.</summary>
    public double? Spread { get; init; }

    /// <summary>A confidence interval of x.</summary>
    public Interval? Across { get; init; }

    /// <summary>What its colour stands for, see <see cref="Chart.Shade"/>.</summary>
    public double? Shade { get; init; }

    /// <summary>From where to where its bar goes; null where it has none.</summary>
    public Interval? Bar => Spread is { } spread ? new(Y - spread, Y + spread) : Interval;
}
