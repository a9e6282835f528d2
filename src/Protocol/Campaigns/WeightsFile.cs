using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The safetensors file that a network starts from.</summary>
/// <param name="Path">Where it lies. It may lie elsewhere another time: what is in it is what counts.</param>
/// <param name="Sha256">The file's SHA-256, in hexadecimal; null until the campaign is made ready.</param>
public sealed record WeightsFile([property: JsonIgnore] string Path, string? Sha256 = null);
