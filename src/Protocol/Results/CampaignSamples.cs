using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Results;

/// <summary>The whole of samples.json: what was kept of a campaign's networks for people to look at. Keys are written in the order of these records' properties.</summary>
/// <param name="Schema">The version of the layout.</param>
/// <param name="ConfigurationHash">Which campaign they are of, as in its results.</param>
/// <param name="Runs">Run by run: of each network on each data set that of the first seed.</param>
public sealed record CampaignSamples(int Schema, string ConfigurationHash, IReadOnlyList<SampledRun> Runs)
{
    /// <summary>The version of the layout, written as <c>schema</c>.</summary>
    public const int CurrentSchema = 1;
}

/// <summary>One run's samples.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Classes">The classes' names, by label.</param>
/// <param name="Samples">The samples.</param>
public sealed record SampledRun(string Network, string Dataset, long Seed, IReadOnlyList<string> Classes, RunSamples Samples);
