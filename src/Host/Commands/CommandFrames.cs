using System.Text.Json.Serialization;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Commands;

/// <summary>
/// What a node says first to whoever connects. From there a connection takes one command and ends:
/// <code>
/// node   → {"program":"0.1.0","version":2,"challenge":"base64 or null","refusal":null}
/// client → {"proof":"base64 or null","command":{"palette":"campaign","command":"status","arguments":[{"name":"campaign","value":"demo"}]}}
/// node   → {"text":"…","final":false,"is-error":false,"is-bad-input":false}      any number of times
/// node   → {"text":"…","final":true,"is-error":false,"is-bad-input":false}       once, and the connection is closed
/// </code>
/// Each is one line of JSON, at most <see cref="FrameStream.LongestLine"/> bytes of UTF-8, of one fixed type: no type is ever named on the wire.
/// </summary>
/// <param name="Program">The node's version of SpikeTrail.</param>
/// <param name="Version">The version of this protocol.</param>
/// <param name="Challenge">What the shared secret is to be proved on, random and never used again; null where none is asked for.</param>
/// <param name="Refusal">Why nothing is taken from this connection; null otherwise.</param>
internal sealed record Greeting(string Program, int Version, string? Challenge, string? Refusal)
{
    public const int CurrentVersion = 2;
}

/// <summary>What a client wants.</summary>
/// <param name="Proof">That it knows the shared secret: <see cref="SharedSecret.Prove"/>.</param>
/// <param name="Command">The command.</param>
internal sealed record CommandRequest(string? Proof, PaletteCommand Command);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(CommandRequest))]
[JsonSerializable(typeof(PaletteResponse))]
internal sealed partial class CommandJson : JsonSerializerContext;
