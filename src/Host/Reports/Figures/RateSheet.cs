using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Lays firing rates out: a row for each layer, a column for each time step, the clean images' beside the attacked ones'.</summary>
internal static class RateSheet
{
    private const int Left = 150;
    private const int Gap = 30;
    private const int Head = 30;
    private const int RowHeight = 18;
    private const int ScaleHeight = 60;
    private const int ScaleWidth = 200;
    private const int ScaleDots = 64;

    /// <summary>The rates of clean images and, where there are any, of attacked ones.</summary>
    public static Sheet Of(RunSamples samples, IReadOnlyList<(string Name, IReadOnlyList<LayerSpikes> Layers)> shown)
    {
        var (pictures, words) = (new List<Picture>(), new List<Words>());
        var rates = shown.Select(panel => panel.Layers.Select(layer => layer.Rates(samples.Images.Count)).ToList()).ToList();
        var (layers, most) = (shown[0].Layers, rates.SelectMany(panel => panel).SelectMany(layer => layer).Max());
        var width = (Sheet.Width - Left - 10 - Gap) / 2.0;
        foreach (var (row, layer) in layers.Index())
        {
            words.Add(new Words(4, Head + row * RowHeight + 13, layer.Module, Size: 11, Centred: false));
        }

        foreach (var (number, (name, _)) in shown.Index())
        {
            var x = Left + number * (width + Gap);
            words.Add(new Words(x + width / 2, 18, name));
            pictures.Add(Frame(x, Head, width, layers.Count * RowHeight));
            pictures.Add(new Picture(x, Head, width, layers.Count * RowHeight, Map(rates[number], most)));
        }

        var bottom = Head + layers.Count * RowHeight;
        pictures.Add(Frame(Left, bottom + 16, ScaleWidth, 14));
        pictures.Add(new Picture(Left, bottom + 16, ScaleWidth, 14, new Bitmap(ScaleDots, 1, [.. Enumerable.Range(0, ScaleDots).Select(dot => ColourScale.At(dot / (ScaleDots - 1.0)))])));
        words.Add(new Words(Left, bottom + 46, "0 %", Size: 11));
        words.Add(new Words(Left + ScaleWidth, bottom + 46, Numbers.PercentSign(most), Size: 11));
        return new Sheet(bottom + ScaleHeight, pictures, words, [.. Rows(layers, shown, rates)]);
    }

    /// <summary>A thin line around an area.</summary>
    public static Picture Frame(double x, double y, double width, double height) => new(x - 1, y - 1, width + 2, height + 2, Bitmap.Of(new Rgb(160, 165, 170)));

    private static Bitmap Map(List<IReadOnlyList<double>> rates, double most) =>
        new(rates[0].Count, rates.Count, [.. rates.SelectMany(layer => layer).Select(rate => ColourScale.At(most == 0 ? 0 : rate / most))]);

    private static IEnumerable<IReadOnlyList<string>> Rows(
        IReadOnlyList<LayerSpikes> layers, IReadOnlyList<(string Name, IReadOnlyList<LayerSpikes> Layers)> shown, List<List<IReadOnlyList<double>>> rates)
    {
        yield return ["layer", "neurons", "time step", .. shown.Select(panel => $"{panel.Name}: neurons that spike (%)")];
        foreach (var (number, layer) in layers.Index())
        {
            for (var step = 0; step < layer.Counts.Count; step++)
            {
                yield return [layer.Module, Numbers.Plain(layer.Neurons), Numbers.Plain(step), .. rates.Select(panel => Csv.Number(100 * panel[number][step]))];
            }
        }
    }
}
