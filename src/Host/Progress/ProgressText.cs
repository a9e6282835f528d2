using System.Globalization;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Progress;

/// <summary>The words of progress, the same on a terminal and in a log.</summary>
internal static class ProgressText
{
    /// <summary>One line that says it all, for a log.</summary>
    public static string Line(ProgressUpdate update, Pace pace) =>
        string.Join(", ", [Invariant($"{Share(update.CampaignDone, update.CampaignTotal) * 100,5:0.0} %  {update.Run} {update.Activity}"), PaceOf(pace), .. Readings(update)]);

    /// <summary>The campaign's pace: <c>512 image passes/s, 1 min 20 s left</c>.</summary>
    public static string PaceOf(Pace pace) => pace switch
    {
        ({ } rate, { } left) => $"{Rate(rate)} image passes/s, {Durations.Text(left)} left",
        _ => "pace not known yet",
    };

    /// <summary>What the current activity reads so far; nothing that is not measured.</summary>
    public static IEnumerable<string> Readings(ProgressUpdate update)
    {
        if (update.Loss is { } loss)
        {
            yield return $"loss {Numbers.Loss(loss)}";
        }

        if (update.Accuracy is { } accuracy)
        {
            yield return $"accuracy {Numbers.PercentSign(accuracy)}";
        }

        if (update.ZeroFraction is { } zeros)
        {
            yield return $"input zeros {Numbers.PercentSign(zeros)}";
        }
    }

    public static double Share(long done, long total) => total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;

    // Three digits are what a glance takes in: 0.52, 5.2, 52, 520.
    private static string Rate(double rate) => rate.ToString(rate < 1 ? "0.00" : rate < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
