using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SpikeTrail.Actors.Telemetry;

/// <summary>
/// What SpikeTrail measures of itself while it works, for OpenTelemetry and whoever else listens; docs/telemetry.md has the list. Without
/// a listener an instrument does nothing, and no span is made.
/// </summary>
public static class Instruments
{
    /// <summary>What meter and activity source are called.</summary>
    public const string Name = "SpikeTrail";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Spans = new(Name);

    /// <summary>Frames that layer groups took, by direction.</summary>
    internal static Counter<long> Frames { get; } = Meter.CreateCounter<long>("spiketrail.frames", "{frame}", "Frames that layer groups took.");

    /// <summary>Images in finished passes, by purpose.</summary>
    internal static Counter<long> Images { get; } = Meter.CreateCounter<long>("spiketrail.images", "{image}", "Images in finished passes.");

    /// <summary>How long finished passes took, by purpose; their number is that of the passes.</summary>
    internal static Histogram<double> PassDuration { get; } = Meter.CreateHistogram<double>("spiketrail.pass.duration", "s", "How long a pass took from its first frame to its last.");

    /// <summary>Share of exact zeros at each layer group of a pipeline but the last, by kind: spikes that it emits, or the gradient with respect to them.</summary>
    internal static Gauge<double> Sparsity { get; } = Meter.CreateGauge<double>("spiketrail.sparsity", "1", "Share of exact zeros at a layer group, in one frame of late.");

    /// <summary>Work that failed, and pipelines that were lost.</summary>
    internal static Counter<long> Failures { get; } = Meter.CreateCounter<long>("spiketrail.failures", "{failure}", "Pieces of work that failed, and pipelines that were lost.");

    /// <summary>Begins a span; null where nobody listens. It is nobody's surroundings: an actor's next message belongs to something else.</summary>
    /// <param name="name">What it is a span of.</param>
    /// <param name="parent">The span it is in; the default for none.</param>
    internal static Activity? Begin(string name, ActivityContext parent)
    {
        var span = Spans.StartActivity(name, ActivityKind.Internal, parent);
        if (span is not null)
        {
            Activity.Current = null;
        }

        return span;
    }
}
