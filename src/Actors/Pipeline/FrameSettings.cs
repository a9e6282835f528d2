using Akka.Actor;
using Akka.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>How frames travel between processes: the section <c>spiketrail.frames</c> of hocon/cluster.conf.</summary>
/// <param name="ChunkSize">Bytes of a frame in one message.</param>
/// <param name="ChunksInFlight">How many such messages may be under way from a sender to a neighbour.</param>
/// <param name="MaximumSize">Bytes of the largest frame that is taken from a neighbour.</param>
internal sealed record FrameSettings(int ChunkSize, int ChunksInFlight, int MaximumSize)
{
    private const string Section = "spiketrail.frames";

    /// <summary>The settings of an actor system whose frames travel between processes.</summary>
    /// <exception cref="InputException">A setting is missing or impossible.</exception>
    public static FrameSettings Of(ActorSystem system)
    {
        var section = system.Settings.Config.GetConfig(Section) ?? Config.Empty;
        return new FrameSettings(
            Number(section, "chunk-size", section.GetByteSize("chunk-size")),
            Number(section, "chunks-in-flight", section.GetInt("chunks-in-flight")),
            Number(section, "maximum-size", section.GetByteSize("maximum-size")));
    }

    private static int Number(Config section, string key, long? value) => value is >= 1 and <= int.MaxValue
        ? (int)value.Value
        : throw new InputException($"{Section}.{key}: expected a number from 1 to {int.MaxValue}, found {(section.HasPath(key) ? section.GetString(key) : "nothing")}");
}
