using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Lays spike rasters out: a panel for each layer, time from left to right, neurons from top to bottom.</summary>
internal static class RasterSheet
{
    private const int Columns = 3;
    private const int ColumnWidth = 209;
    private const int PanelWidth = 196;
    private const int PanelHeight = 128;
    private const int RowHeight = PanelHeight + 40;
    private const int Left = 10;
    private const int Head = 36;
    private const int LegendWidth = 150;

    // Okabe and Ito's blue and orange, told apart in grey as well.
    private static readonly Rgb Silent = new(255, 255, 255);
    private static readonly Rgb Both = new(0, 0, 0);
    private static readonly Rgb CleanAlone = new(0, 114, 178);
    private static readonly Rgb AttackedAlone = new(230, 159, 0);

    /// <summary>The first image's spikes, clean and, where there is an attack, under it.</summary>
    public static Sheet Of(RunSamples samples)
    {
        var (pictures, words) = (new List<Picture>(), new List<Words>());
        (string Meaning, Rgb Colour)[] legend = samples.Attack is null
            ? [("spike", Both)]
            : [("clean and attacked", Both), ("clean alone", CleanAlone), ("attacked alone", AttackedAlone)];
        foreach (var (place, (meaning, colour)) in legend.Index())
        {
            pictures.Add(new Picture(Left + place * LegendWidth, 8, 12, 12, Bitmap.Of(colour)));
            words.Add(new Words(Left + place * LegendWidth + 18, 18, meaning, Size: 12, Centred: false));
        }

        foreach (var (number, layer) in samples.Clean.Index())
        {
            var (x, y) = (Left + number % Columns * ColumnWidth, Head + number / Columns * RowHeight);
            words.Add(new Words(x, y + 12, $"{layer.Module} ({Numbers.Count(layer.Neurons)})", Size: 10, Centred: false));
            pictures.Add(RateSheet.Frame(x, y + 18, PanelWidth, PanelHeight));
            pictures.Add(new Picture(x, y + 18, PanelWidth, PanelHeight, Panel(layer, samples.Attack is null ? layer : samples.Attacked[number])));
        }

        var rows = (samples.Clean.Count + Columns - 1) / Columns;
        return new Sheet(Head + rows * RowHeight, pictures, words, [.. Rows(samples)]);
    }

    private static Bitmap Panel(LayerSpikes clean, LayerSpikes attacked)
    {
        var (steps, neurons) = (clean.Counts.Count, LayerSpikes.Chosen(clean.Neurons).Count);
        return new Bitmap(
            steps,
            neurons,
            [
                .. from place in Enumerable.Range(0, neurons)
                   from step in Enumerable.Range(0, steps)
                   select (clean.Fired(step, place), attacked.Fired(step, place)) switch
                   {
                       (true, true) => Both,
                       (true, false) => CleanAlone,
                       (false, true) => AttackedAlone,
                       _ => Silent,
                   },
            ]);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(RunSamples samples)
    {
        var steps = Enumerable.Range(0, samples.Clean[0].Counts.Count).ToList();
        yield return ["layer", "neuron", .. steps.Select(step => $"t={step}"), .. samples.Attacked.Count == 0 ? [] : steps.Select(step => $"attacked: t={step}")];
        foreach (var (number, layer) in samples.Clean.Index())
        {
            foreach (var (place, neuron) in LayerSpikes.Chosen(layer.Neurons).Index())
            {
                yield return [layer.Module, Numbers.Plain(neuron), .. Spikes(layer, place), .. samples.Attacked.Count == 0 ? [] : Spikes(samples.Attacked[number], place)];
            }
        }

        IEnumerable<string> Spikes(LayerSpikes layer, int place) => steps.Select(step => layer.Fired(step, place) ? "1" : "0");
    }
}
