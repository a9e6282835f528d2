using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Telemetry;

/// <summary>Where measurements and traces go: the section <c>spiketrail.telemetry.otlp</c> of hocon/node.conf.</summary>
/// <param name="Endpoint">A collector that takes OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>.</param>
/// <param name="Interval">How often measurements are sent.</param>
internal sealed record OtlpSettings(Uri Endpoint, TimeSpan Interval)
{
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(15);

    /// <summary>Reads the section; null where nothing is to be sent.</summary>
    /// <exception cref="InputException">A key has a value that cannot be used.</exception>
    public static OtlpSettings? Read(HoconSection otlp)
    {
        var endpoint = otlp.Text("endpoint", "a URL such as \"http://127.0.0.1:4318\"", text => Parse(text) is not null);
        var interval = TimeSpan.FromSeconds(otlp.Integer("interval-seconds", min: 1, max: 3600));
        return otlp.Flag("enabled") ? new OtlpSettings(Parse(endpoint)!, interval) : null;
    }

    /// <summary>Reads a program's option; null where it was not given.</summary>
    /// <exception cref="InputException">It is no URL.</exception>
    public static OtlpSettings? Read(string option, string? text) =>
        text is null ? null
        : Parse(text) is { } endpoint ? new OtlpSettings(endpoint, UsualInterval)
        : throw new InputException($"{option}: expected a URL such as http://127.0.0.1:4318, got {text}");

    private static Uri? Parse(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
}
