using System.Text.RegularExpressions;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads the section <c>pipeline</c>.</summary>
internal static partial class PipelineReader
{
    public static PipelineSpec Read(HoconSection pipeline)
    {
        var read = ReadKeys(pipeline);
        return read switch
        {
            { Cut: { } cut } when cut.Count != read.LayerGroups - 1 || cut.Zip(cut.Skip(1), (layer, next) => layer >= next).Any(descends => descends) || cut.Any(layer => layer < 1) =>
                throw pipeline.Error("cut", $"expected {read.LayerGroups - 1} ascending numbers of layers, one for each layer group after the first of {read.LayerGroups}"),
            { Placement: { } places } when places.Count != read.LayerGroups =>
                throw pipeline.Error("placement", $"expected {read.LayerGroups} devices, one for each layer group, got {places.Count}"),
            { Placement: { } places } when places.FirstOrDefault(place => !read.Devices.Any(device => KindOf(device) == KindOf(DeviceId.Parse(place)!.Value.Device))) is { } other =>
                throw pipeline.Error("placement", $"expected devices of the kinds in pipeline.devices, got {other}"),
            { Placement: not null, Spread: PipelineSpread.Device } =>
                throw pipeline.Error("placement", "expected pipeline.spread = devices beside it"),
            _ => read,
        };
    }

    private static string KindOf(string device) => device.Split(':')[0];

    private static PipelineSpec ReadKeys(HoconSection pipeline) => new()
    {
        LayerGroups = pipeline.Integer("layer-groups", min: 1),
        Spread = pipeline.Choice<PipelineSpread>("spread"),
        Cut = pipeline.LongsOr("cut", "auto") is { } cut ? [.. cut.Select(layer => (int)layer)] : null,
        Placement = pipeline.TextsOr("placement", "auto", "a device such as \"127.0.0.1:4053/cpu\"", place => DeviceId.Parse(place) is not null) is { Count: > 0 } places ? places : null,
        Window = pipeline.Integer("window", min: 1),
        FramesInFlight = pipeline.Integer("frames-in-flight", min: 1),
        PassImages = pipeline.Integer("pass-images", min: 1),
        Devices = pipeline.Texts("devices", "cpu, cuda or \"cuda:N\"", device => Device().IsMatch(device)),
        ThreadsPerGroup = pipeline.Integer("threads-per-group", min: 1, max: 256),
        CheckpointSteps = pipeline.Integer("checkpoint-steps", min: 0),
        MaxRetries = pipeline.Integer("max-retries", min: 0),
    };

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)\z")]
    private static partial Regex Device();
}
