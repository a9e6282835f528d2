using System.Text.RegularExpressions;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads the section <c>pipeline</c>.</summary>
internal static partial class PipelineReader
{
    public static PipelineSpec Read(HoconSection pipeline) => new()
    {
        LayerGroups = pipeline.Integer("layer-groups", min: 1),
        Spread = pipeline.Choice<PipelineSpread>("spread"),
        Window = pipeline.Integer("window", min: 1),
        FramesInFlight = pipeline.Integer("frames-in-flight", min: 1),
        Devices = pipeline.Texts("devices", "cpu, cuda or \"cuda:N\"", device => Device().IsMatch(device)),
        ThreadsPerGroup = pipeline.Integer("threads-per-group", min: 1, max: 256),
        CheckpointSteps = pipeline.Integer("checkpoint-steps", min: 0),
        MaxRetries = pipeline.Integer("max-retries", min: 0),
    };

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)\z")]
    private static partial Regex Device();
}
