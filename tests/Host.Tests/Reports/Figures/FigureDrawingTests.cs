using System.Xml.Linq;
using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Tests.Reports.Figures;

public sealed class FigureDrawingTests
{
    private static readonly Figure Figure = CampaignFigures.Accuracy(SampleResults.Campaign).Single();

    [Fact]
    public void A_figure_is_SVG_with_readable_text()
    {
        var svg = XDocument.Parse(Figure.Svg);

        var text = string.Join('|', svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        Assert.Contains("eps (1/255)", text, StringComparison.Ordinal);
        Assert.Contains("sew-resnet18-max, pgd", text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_page_it_takes_the_width_it_is_given() =>
        Assert.StartsWith("<svg viewBox=\"0 0 640 370\" ", FigureDrawing.Inline(Figure), StringComparison.Ordinal);

    [Fact]
    public void A_figure_is_a_PNG() => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Figure.Drawing.ToPng().Take(4));

    [Fact]
    public void Where_colours_mean_something_a_scale_says_what()
    {
        var chart = new Chart(new("clean"), new("attacked"), [new("a", [new(1, 2) { Shade = 3 }, new(2, 3) { Shade = double.NaN }, new(3, 4)], Joined: false)]) { Shade = "zeros (%)" };

        Assert.Contains("zeros (%)", Texts(FigureDrawing.Svg(chart)));
    }

    [Fact]
    public void Of_very_many_operations_only_as_many_are_named_as_can_be_told_apart()
    {
        var operations = Enumerable.Range(0, 170).Select(number => $"layer{number}").ToList();
        var chart = new Chart(new("operation", Labels: operations), new("zeros"), [new("a", [.. operations.Select((_, place) => new ChartPoint(place, 1))])]);

        Assert.InRange(Texts(FigureDrawing.Svg(chart)).Count(text => text.StartsWith("layer", StringComparison.Ordinal)), 30, 60);
    }

    [Fact]
    public void Numbers_that_cannot_be_drawn_are_left_out()
    {
        var chart = new Chart(new("epoch"), new("norm", Logarithmic: true), [new("broken", [new(1, double.NaN), new(2, 0), new(3, double.PositiveInfinity), new(4, 1e-9) { Spread = 1 }])]);

        Assert.NotEmpty(FigureDrawing.Svg(chart));
    }

    private static IReadOnlyList<string> Texts(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];
}
