using System.Globalization;

namespace SpikeTrail.Host.Progress;

/// <summary>A time span in the two units that matter: <c>45 s</c>, <c>12 min 5 s</c>, <c>3 h 12 min</c>, <c>2 d 3 h</c>.</summary>
internal static class Durations
{
    public static string Text(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => Invariant($"{span.Seconds} s"),
        { TotalHours: < 1 } => Invariant($"{span.Minutes} min {span.Seconds} s"),
        { TotalDays: < 1 } => Invariant($"{span.Hours} h {span.Minutes} min"),
        _ => Invariant($"{span.Days} d {span.Hours} h"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
