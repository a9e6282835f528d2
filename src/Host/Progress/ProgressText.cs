using System.Globalization;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Progress;

/// <summary>The words of progress, the same on a terminal and in a log.</summary>
internal static class ProgressText
{
    /// <summary>One line that says it all, for a log.</summary>
    /// <param name="update">How far it is.</param>
    /// <param name="pace">How fast it goes.</param>
    /// <param name="pipelines">The pipelines at work, as far as that is known.</param>
    public static string Line(ProgressUpdate update, Pace pace, IReadOnlyList<PipelineStatus> pipelines) => string.Join(
        ", ",
        [
            Invariant($"{Share(update.CampaignDone, update.CampaignTotal) * 100,5:0.0} %  {update.Run} {update.Activity}"),
            PaceOf(pace),
            .. Readings(update),
            .. FlowOf([.. pipelines.SelectMany(pipeline => pipeline.Groups)]),
        ]);

    /// <summary>What flows through layer groups, and where: <c>240 frames/s on local/cpu</c>; nothing before they have told.</summary>
    public static IEnumerable<string> FlowOf(IReadOnlyList<LayerGroupStatus> groups) => groups.Count == 0
        ? []
        : [$"{FramesOf(groups)} frames/s on {DevicesOf(groups)}"];

    /// <summary>Frames that layer groups took a second, all of them together.</summary>
    public static string FramesOf(IReadOnlyList<LayerGroupStatus> groups) => Rate(groups.Sum(group => group.FramesPerSecond));

    /// <summary>The devices that layer groups are on.</summary>
    public static string DevicesOf(IReadOnlyList<LayerGroupStatus> groups) => string.Join(' ', groups.Select(group => group.Device.ToString()).Distinct());

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
