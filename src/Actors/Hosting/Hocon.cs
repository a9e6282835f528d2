namespace SpikeTrail.Actors.Hosting;

/// <summary>Text for Akka.NET's configuration.</summary>
internal static class Hocon
{
    /// <summary>A text as a quoted HOCON string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
