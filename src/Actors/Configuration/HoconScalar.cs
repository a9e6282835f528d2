using System.Globalization;
using System.Text.RegularExpressions;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads a value's text. Nothing is guessed: a number with a unit or with anything else after it is no number.</summary>
internal static partial class HoconScalar
{
    /// <summary>A name that is safe as part of a path.</summary>
    public static bool TryName(string text, out string value) => SafeName().IsMatch(value = text);

    /// <summary>true, on, false or off.</summary>
    public static bool TryFlag(string text, out bool value)
    {
        value = text is "on" or "true";
        return value || text is "off" or "false";
    }

    /// <summary>A whole number.</summary>
    public static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A whole number of up to 64 bits.</summary>
    public static bool TryLong(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A finite real number, such as 2.55 or 1e-3.</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex SafeName();
}
