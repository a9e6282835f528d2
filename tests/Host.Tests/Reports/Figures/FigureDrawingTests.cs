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
        Assert.StartsWith("<svg viewBox=\"0 0 900 480\" ", FigureDrawing.Inline(Figure.Svg), StringComparison.Ordinal);

    [Fact]
    public void A_figure_is_a_PNG() => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Figure.Drawing.ToPng().Take(4));

    [Fact]
    public void Numbers_that_cannot_be_drawn_are_left_out()
    {
        var chart = new Chart(new("epoch"), new("norm", Logarithmic: true), [new("broken", [new(1, double.NaN), new(2, 0), new(3, double.PositiveInfinity), new(4, 1e-9)])]);

        Assert.NotEmpty(FigureDrawing.Svg(chart));
    }
}
