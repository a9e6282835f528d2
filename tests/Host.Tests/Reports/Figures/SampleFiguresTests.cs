using System.Globalization;
using System.Xml.Linq;
using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Reports.Figures;

/// <summary>What is drawn is what samples.json has.</summary>
public sealed class SampleFiguresTests
{
    private static readonly RunSamples Samples = SampledNetworks.Campaign.Runs[0].Samples;

    [Fact]
    public void Examples_are_the_clean_images_the_magnified_change_and_the_attacked_images()
    {
        var figures = SampleFigures.Examples(SampledNetworks.Campaign).ToList();

        Assert.Equal(["examples-fashion-mnist-sew-resnet18-max", "examples-fashion-mnist-sew-resnet18-avg"], figures.Select(figure => figure.Name));
        var sheet = figures[0].Sheet;
        Assert.Equal(3 * Samples.Images.Count, sheet.Pictures.Count);
        Assert.True(sheet.KeepsColours);
        foreach (var (number, image) in Samples.Images.Index())
        {
            var (clean, attacked) = (SampledNetworks.Bytes(image.Clean), SampledNetworks.Bytes(image.Attacked!));
            Assert.Equal(clean.Select(Grey), Dots(3 * number));
            Assert.Equal(clean.Zip(attacked, (before, after) => Grey((byte)Math.Clamp(128 + 15 * (after - before), 0, 255))), Dots(3 * number + 1));
            Assert.Equal(attacked.Select(Grey), Dots(3 * number + 2));
        }

        Assert.Contains("The first 8 test images of fashion-mnist", figures[0].Caption, StringComparison.Ordinal);
        Assert.Contains("pgd at eps 8/255 under strict changes in them, magnified 15 times", figures[0].Caption, StringComparison.Ordinal);
        Assert.Contains("Seed 3407 alone.", figures[0].Caption, StringComparison.Ordinal);

        IReadOnlyList<Rgb> Dots(int picture) => sheet.Pictures[picture].Bitmap.Dots;

        static Rgb Grey(byte value) => new(value, value, value);
    }

    [Fact]
    public void Beneath_an_image_is_what_the_network_takes_it_for()
    {
        var words = SampleFigures.Examples(SampledNetworks.Campaign).First().Sheet.Words.Select(words => words.Text).ToList();

        Assert.Equal(2, words.Count(word => word == "clean"));
        Assert.Equal(2, words.Count(word => word == "pgd, eps 8"));
        Assert.Equal(2, words.Count(word => word == "change \u00d715"));
        Assert.Equal(8, words.Count(word => word == "75.00 %"));
        Assert.Equal(3, words.Count(word => word == "50.00 %"));
        Assert.Equal(5, words.Count(word => word == "50.00 % \u2717"));
    }

    [Fact]
    public void The_data_of_examples_are_all_of_them()
    {
        var rows = SampleFigures.Examples(SampledNetworks.Campaign).First().Rows;

        Assert.Equal(1 + Samples.Images.Count, rows.Count);
        Assert.Equal(["test image", "class", "taken for", "probability", "attacked: taken for", "attacked: probability", "pixels", "attacked: pixels"], rows[0]);
        Assert.Equal(["4", "trouser", "trouser", "0.75", "top", "0.5", "0 10 20 30 40 4", "8 2 20 31 40 0"], rows[5]);
    }

    [Fact]
    public void Colours_are_put_together_and_what_is_not_there_is_said()
    {
        var figure = Assert.Single(SampleFigures.Examples(SampledNetworks.Clean));

        Assert.Equal([new Rgb(1, 11, 21), new(2, 12, 22), new(3, 13, 23), new(4, 14, 24), new(5, 15, 25), new(6, 16, 26)], Assert.Single(figure.Sheet.Pictures).Bitmap.Dots);
        Assert.Contains("No attack is shown", figure.Caption, StringComparison.Ordinal);
        Assert.Equal(["0", "trouser", "trouser", "NaN", "", "", "1 2 3 4 5 6 11 12 13 14 15 16 21 22 23 24 25 26", ""], figure.Rows[1]);
    }

    [Fact]
    public void The_rate_along_the_network_is_averaged_over_time_steps_and_images()
    {
        var figure = Assert.Single(SampleFigures.RatesAlong(SampledNetworks.Campaign));

        Assert.Equal(
            ["sew-resnet18-max, clean", "sew-resnet18-max, pgd, eps 8", "sew-resnet18-avg, clean", "sew-resnet18-avg, pgd, eps 8"], figure.Chart.Series.Select(series => series.Name));
        Assert.Contains("The first 8 test images, as they are and under attack.", figure.Caption, StringComparison.Ordinal);
        Assert.Equal(["sn1", "layer1.0.sn1", "layer1.0.sn2"], figure.Chart.X.Labels);
        Assert.Equal([25, 75, 100 / 2048.0], figure.Chart.Series[0].Points.Select(point => point.Y));
        Assert.Equal([18.75, 50, 500 / 2048.0], figure.Chart.Series[1].Points.Select(point => point.Y));
    }

    [Fact]
    public void Rates_over_time_are_those_of_every_layer_and_time_step()
    {
        var figure = SampleFigures.RatesOverTime(SampledNetworks.Campaign).First();

        Assert.Equal(["layer", "neurons", "time step", "clean: neurons that spike (%)", "pgd, eps 8: neurons that spike (%)"], figure.Rows[0]);
        Assert.Equal(
            from layer in Enumerable.Range(0, 3)
            from step in Enumerable.Range(0, 2)
            let clean = Samples.Clean[layer]
            select (clean.Module, (double)clean.Neurons, (double)step, 100.0 * clean.Counts[step] / clean.Neurons / 8, 100.0 * Samples.Attacked[layer].Counts[step] / clean.Neurons / 8),
            figure.Rows.Skip(1).Select(row => (row[0], Number(row[1]), Number(row[2]), Number(row[3]), Number(row[4]))));

        var maps = figure.Sheet.Pictures.Where(picture => picture.Bitmap is { Width: 2, Height: 3 }).ToList();
        Assert.Equal(2, maps.Count);
        Assert.Equal((new Rgb(255, 255, 255), new Rgb(0, 25, 60)), (maps[0].Bitmap.Dots[1], maps[0].Bitmap.Dots[2]));
        Assert.Contains("Time steps 0 to 1", figure.Caption.Replace("time", "Time", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_raster_tells_apart_what_fires_always_only_clean_and_only_attacked()
    {
        var figure = SampleFigures.Rasters(SampledNetworks.Campaign).First();

        Rgb both = new(0, 0, 0), clean = new(0, 114, 178), attacked = new(230, 159, 0), none = new(255, 255, 255);
        var panel = figure.Sheet.Pictures.Single(picture => picture.Bitmap is { Width: 2, Height: 6 }).Bitmap;
        Assert.Equal([both, none, none, none, clean, none, none, none, none, none, both, attacked], Assert.IsAssignableFrom<IEnumerable<Rgb>>(panel.Dots));
        Assert.Equal(1 + 6 + 2 + 64, figure.Rows.Count);
        Assert.Equal(["layer", "neuron", "t=0", "t=1", "attacked: t=0", "attacked: t=1"], figure.Rows[0]);
        Assert.Equal(["sn1", "2", "1", "0", "0", "0"], figure.Rows[3]);
        Assert.Equal(["sn1", "5", "1", "0", "1", "1"], figure.Rows[6]);
        Assert.Equal("126", figure.Rows[^1][1]);
    }

    [Fact]
    public void Without_an_attack_all_figures_are_there_all_the_same()
    {
        var figures = SampleFigures.RatesAlong(SampledNetworks.Clean).Concat(SampleFigures.RatesOverTime(SampledNetworks.Clean)).Concat(SampleFigures.Rasters(SampledNetworks.Clean)).ToList();

        Assert.Equal(3, figures.Count);
        Assert.Contains("The first test image, as they are.", figures[0].Caption, StringComparison.Ordinal);
        Assert.Equal(["layer", "neuron", "t=0", "t=1"], figures[2].Rows[0]);
        Assert.Equal(4, figures[1].Rows[0].Length);
    }

    [Fact]
    public void A_sheet_is_SVG_with_its_bitmaps_in_it_and_a_PNG_of_the_same()
    {
        var figure = SampleFigures.Examples(SampledNetworks.Campaign).First();

        var svg = XDocument.Parse(figure.Svg).Root!;
        Assert.Equal($"0 0 640 {figure.Sheet.Height}", svg.Attribute("viewBox")!.Value);
        var images = svg.Elements().Where(element => element.Name.LocalName == "image").ToList();
        Assert.Equal(figure.Sheet.Pictures.Count, images.Count);
        Assert.All(images, image => Assert.StartsWith("data:image/png;base64,iVBORw0KGgo", image.Attribute("href")!.Value, StringComparison.Ordinal));
        Assert.Contains("trouser", svg.Elements().Where(element => element.Name.LocalName == "text").Select(text => text.Value));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], figure.Drawing.ToPng().Take(4));
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
