using System.Globalization;

namespace SpikeTrail.Host.Palettes;

/// <summary>A number of bytes in the unit that suits it: <c>512 B</c>, <c>2.5 MiB</c>, <c>78.0 GiB</c>.</summary>
internal static class Bytes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Text(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < Units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return $"{value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
