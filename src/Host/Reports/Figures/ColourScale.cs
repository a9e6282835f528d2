namespace SpikeTrail.Host.Reports.Figures;

/// <summary>Numbers as colours: one hue from light to dark, told apart with every colour blindness and in grey.</summary>
internal static class ColourScale
{
    private static readonly Rgb[] Scale = [new(255, 255, 255), new(86, 180, 233), new(0, 114, 178), new(0, 25, 60)];

    /// <summary>The colour of a share of the largest number.</summary>
    public static Rgb At(double share)
    {
        var place = Math.Clamp(share, 0, 1) * (Scale.Length - 1);
        var from = Math.Min((int)place, Scale.Length - 2);
        return Scale[from].Towards(Scale[from + 1], place - from);
    }
}
