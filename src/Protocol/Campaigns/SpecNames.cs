using System.Text.Json;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>
/// How the names of this code are written in configuration and results: in kebab case, so that
/// <c>PiecewiseQuadratic</c> is <c>piecewise-quadratic</c> and <c>LearningRate</c> is <c>learning-rate</c>.
/// </summary>
public sealed class SpecNames : JsonNamingPolicy
{
    private SpecNames()
    {
    }

    /// <summary>The one instance, for serializers.</summary>
    public static SpecNames Policy { get; } = new();

    /// <summary>The written name of an enum's value.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => Policy.ConvertName(value.ToString());

    /// <inheritdoc/>
    public override string ConvertName(string name) => name switch
    {
        // The literature's own spellings.
        "IteratedFgsm" => "ifgsm",
        "SewResNet" => "sew-resnet",
        "SpikingResNet" => "spiking-resnet",
        _ => KebabCaseLower.ConvertName(name),
    };
}
