using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SpikeTrail.Actors.Telemetry;

namespace SpikeTrail.Host.Telemetry;

/// <summary>Sends what the instruments measure, and all spans, to a collector, for as long as it lives. What a collector does not take is lost, and nothing else suffers.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(OtlpSettings settings, string instance)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("spiketrail", serviceVersion: ProgramVersion.Text, serviceInstanceId: instance);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Instruments.Name)
            .AddOtlpExporter((otlp, reader) =>
            {
                Send(otlp, settings.Endpoint, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
            })
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Instruments.Name)
            .AddOtlpExporter(otlp => Send(otlp, settings.Endpoint, "v1/traces"))
            .Build();
    }

    /// <summary>Begins to send; null, and nothing is done, where there are no settings.</summary>
    /// <param name="settings">Where to, and how often.</param>
    /// <param name="instance">What tells this process from others, such as a node's address.</param>
    public static OtlpExport? Start(OtlpSettings? settings, string instance) => settings is null ? null : new(settings, instance);

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Send(OtlpExporterOptions otlp, Uri endpoint, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
