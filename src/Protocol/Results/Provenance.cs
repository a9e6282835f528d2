using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Results;

/// <summary>
/// The whole of provenance.json: where, when and with what results.json came about. Kept apart from the results, so
/// that equal results stay equal bytes whatever machine they were computed on. Keys are written in the order of these
/// records' properties.
/// </summary>
/// <param name="Started">When the campaign was first started.</param>
/// <param name="Finished">When it was complete; <see langword="null"/> while it is not.</param>
/// <param name="Host">The machine's name.</param>
/// <param name="Spiketrail">SpikeTrail's version.</param>
/// <param name="Libtorch">libtorch's version.</param>
/// <param name="Devices">The devices the layer groups ran on.</param>
/// <param name="Threads">libtorch's threads in every layer group.</param>
/// <param name="Configuration">The campaign and what else determines its numbers, as canonical JSON.</param>
/// <param name="Failures">What failed, in the order it happened.</param>
/// <param name="Timings">How long each piece of work took, in the order it was done.</param>
public sealed record Provenance(
    DateTimeOffset Started,
    DateTimeOffset? Finished,
    string Host,
    string Spiketrail,
    string Libtorch,
    IReadOnlyList<string> Devices,
    int Threads,
    JsonElement Configuration,
    IReadOnlyList<FailureRecord> Failures,
    IReadOnlyList<TimingRecord> Timings);

/// <summary>A piece of work that failed.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Work">Which work.</param>
/// <param name="Attempt">Which attempt failed, from 1.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="GaveUp">Whether it was the last attempt.</param>
public sealed record FailureRecord(string Run, string Work, int Attempt, string Reason, bool GaveUp);

/// <summary>How long a piece of work took.</summary>
/// <param name="Work">Which work.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
public sealed record TimingRecord(string Work, double Seconds);

/// <summary>provenance.json as text, in the manner of <see cref="ResultsJson"/>.</summary>
public static class ProvenanceJson
{
    /// <summary>Writes provenance.</summary>
    public static string Write(Provenance provenance) => JsonSerializer.Serialize(provenance, ProvenanceJsonContext.Default.Provenance) + "\n";

    /// <summary>Reads provenance.</summary>
    /// <exception cref="JsonException">The text is not provenance.</exception>
    public static Provenance Read(string json)
    {
        var provenance = JsonSerializer.Deserialize(json, ProvenanceJsonContext.Default.Provenance) ?? throw new JsonException("expected an object");

        // The serializer lets null through within lists.
        return provenance.Devices.Contains(null!) || provenance.Failures.Contains(null!) || provenance.Timings.Contains(null!)
            ? throw new JsonException("null in a list of devices, failures or timings")
            : provenance;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Provenance))]
internal sealed partial class ProvenanceJsonContext : JsonSerializerContext;
