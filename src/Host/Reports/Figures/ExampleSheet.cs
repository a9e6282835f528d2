using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Lays images out: one above the other as it is, what the attack changes, and attacked, with what the network takes them for.</summary>
internal static class ExampleSheet
{
    private const int Columns = 6;
    private const int Left = 88;
    private const int ColumnWidth = 92;
    // Three dots of the page for each of 28.
    private const int Side = 84;
    private const int HeadHeight = 44;
    private const int NamedHeight = Side + 42;
    private const int Letters = 11;
    private const int ChangeHeight = Side + 12;
    private const int Grey = 128;

    /// <summary>By how much a perturbation is magnified: as far as there are greys for.</summary>
    public static int Magnification(SampledAttack attack) => (Grey - 1) / Math.Max(1, (int)attack.Epsilon);

    public static Sheet Of(SampledRun run)
    {
        var (pictures, words) = (new List<Picture>(), new List<Words>());
        var top = 0;
        foreach (var images in run.Samples.Images.Chunk(Columns))
        {
            top = AddBlock(run, images, top, pictures, words);
        }

        return new Sheet(top, pictures, words, [.. Rows(run)]) { Photographs = true };
    }

    /// <summary>Some images side by side; returns where the next block begins.</summary>
    private static int AddBlock(SampledRun run, IReadOnlyList<SampledImage> images, int top, List<Picture> pictures, List<Words> words)
    {
        var clean = top + HeadHeight;
        var (change, attacked) = (clean + NamedHeight, clean + NamedHeight + ChangeHeight);
        AddLabel("clean", clean);
        if (run.Samples.Attack is { } attack)
        {
            AddLabel($"change \u00d7{Numbers.Count(Magnification(attack))}", change);
            AddLabel(SampleFigures.NameOf(attack), attacked);
        }

        foreach (var (column, image) in images.Index())
        {
            var x = Left + column * ColumnWidth;
            words.Add(new Words(Middle(x), top + 18, $"test image {Numbers.Plain(image.Index)}", Size: Letters - 1));
            words.Add(new Words(Middle(x), top + 34, run.Classes[image.Label], Letters));
            AddShown(image.Clean, image.Label, x, clean);
            if (image.Attacked is not null)
            {
                pictures.Add(new Picture(x, change, Side, Side, Change(run.Samples, image.Clean, image.Attacked)));
                AddShown(image.Attacked, image.Label, x, attacked);
            }
        }

        return run.Samples.Attack is null ? change : attacked + NamedHeight;

        void AddLabel(string label, int row) => words.Add(new Words(4, row + Side / 2, label, Letters, Centred: false));

        void AddShown(ShownImage shown, int label, int x, int row)
        {
            pictures.Add(new Picture(x, row, Side, Side, Photograph(run.Samples, shown)));
            words.Add(new Words(Middle(x), row + Side + 16, run.Classes[shown.Class], Letters));
            words.Add(new Words(Middle(x), row + Side + 31, $"{Numbers.PercentSign(shown.Probability)}{(shown.Class == label ? "" : " \u2717")}", Letters));
        }
    }

    private static double Middle(int x) => x + Side / 2.0;

    private static Bitmap Photograph(RunSamples samples, ShownImage shown) => Bitmap(samples, Bytes(shown));

    private static Bitmap Change(RunSamples samples, ShownImage clean, ShownImage attacked) => Bitmap(
        samples,
        [.. Bytes(clean).Zip(Bytes(attacked), (before, after) => (byte)Math.Clamp(Grey + Magnification(samples.Attack!) * (after - before), byte.MinValue, byte.MaxValue))]);

    /// <summary>Bytes [C, H, W] as dots.</summary>
    private static Bitmap Bitmap(RunSamples samples, byte[] bytes)
    {
        var dots = samples.Height * samples.Width;
        return new Bitmap(
            samples.Width,
            samples.Height,
            [.. Enumerable.Range(0, dots).Select(dot => samples.Channels == 1 ? new Rgb(bytes[dot], bytes[dot], bytes[dot]) : new Rgb(bytes[dot], bytes[dots + dot], bytes[2 * dots + dot]))]);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(SampledRun run)
    {
        yield return ["test image", "class", "taken for", "probability", "attacked: taken for", "attacked: probability", "pixels", "attacked: pixels"];
        foreach (var image in run.Samples.Images)
        {
            yield return
            [
                Numbers.Plain(image.Index), run.Classes[image.Label],
                .. Taken(run, image.Clean), .. Taken(run, image.Attacked),
                Pixels(image.Clean), Pixels(image.Attacked),
            ];
        }
    }

    private static IReadOnlyList<string> Taken(SampledRun run, ShownImage? shown) =>
        shown is null ? ["", ""] : [run.Classes[shown.Class], Csv.Number(shown.Probability)];

    private static string Pixels(ShownImage? shown) => shown is null ? "" : string.Join(' ', Bytes(shown));

    private static byte[] Bytes(ShownImage shown) => Convert.FromBase64String(shown.Pixels);
}
