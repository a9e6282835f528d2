namespace SpikeTrail.Snn.Checkpoints;

/// <summary>Text from a file that anybody may have written, as a part of a line.</summary>
internal static class Printable
{
    private const int Longest = 120;

    /// <summary>The text without line breaks or other control characters, and not too long.</summary>
    public static string Of(string text)
    {
        var shown = string.Concat(text.Take(Longest).Select(character => char.IsControl(character) ? '?' : character));
        return text.Length > Longest ? shown + "…" : shown;
    }
}
