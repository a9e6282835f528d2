namespace SpikeTrail.Protocol.Telemetry;

/// <summary>
/// What a layer of neurons fired in one pass: how much at each time step, and which of some neurons fired for the first image.
/// Counts of exact spikes, so they are the same however the network is cut and whatever window it runs in. What comes after
/// <see cref="MostSteps"/> time steps is left out: the report is a message, and must not grow with T.
/// </summary>
/// <param name="Module">The layer's name, such as <c>layer1.0.sn1</c>.</param>
/// <param name="Neurons">Neurons of the layer.</param>
/// <param name="Counts">Spikes of all neurons for all images of the pass, time step by time step.</param>
/// <param name="Raster">
/// The first image's spikes, time step by time step: a bit for each neuron of <see cref="Chosen"/>, the first the highest, in
/// hexadecimal digits; where they do not fill the last digit, it ends in zeros.
/// </param>
public sealed record LayerSpikes(string Module, int Neurons, IReadOnlyList<long> Counts, IReadOnlyList<string> Raster)
{
    /// <summary>The time steps that are told of at most.</summary>
    public const int MostSteps = 64;

    private const int MostNeurons = 64;
    private const int BitsInDigit = 4;

    /// <summary>Of a layer's neurons, in the order [C, H, W], those that the raster shows: up to 64, evenly spread.</summary>
    /// <param name="neurons">How many the layer has.</param>
    public static IReadOnlyList<int> Chosen(int neurons)
    {
        var shown = Math.Min(neurons, MostNeurons);
        return [.. Enumerable.Range(0, shown).Select(place => (int)((long)place * neurons / shown))];
    }

    /// <summary>Digits that a time step of such a layer's raster has.</summary>
    public static int DigitsOf(int neurons) => (Math.Min(neurons, MostNeurons) + BitsInDigit - 1) / BitsInDigit;

    /// <summary>One time step of a raster.</summary>
    /// <param name="fired">Whether each of the chosen neurons fired.</param>
    public static string Digits(IReadOnlyList<bool> fired) =>
        string.Concat(fired.Chunk(BitsInDigit).Select(four => "0123456789abcdef"[four.Index().Sum(bit => bit.Item ? 8 >> bit.Index : 0)]));

    /// <summary>Whether one of the chosen neurons fired for the first image.</summary>
    /// <param name="step">The time step, from 0.</param>
    /// <param name="place">Its place among the chosen.</param>
    public bool Fired(int step, int place) =>
        (Convert.ToInt32(Raster[step].Substring(place / BitsInDigit, 1), 16) & (8 >> (place % BitsInDigit))) != 0;

    /// <summary>The share of neurons that fired at each time step, averaged over images, in [0, 1].</summary>
    /// <param name="images">Images of the pass.</param>
    public IReadOnlyList<double> Rates(int images) => [.. Counts.Select(count => (double)count / Neurons / images)];
}
