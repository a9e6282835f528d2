using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads one element of <c>campaign.protocols</c>. A protocol goes by its kind unless it is given a name.</summary>
internal static class ProtocolReader
{
    private static readonly string[] Kinds = ["strict"];

    public static ProtocolSpec Read(HoconSection protocol)
    {
        var kind = Kinds[protocol.Word("kind", Kinds)];
        return new ProtocolSpec
        {
            Name = protocol.Has("name") ? protocol.Name("name") : kind,
            PhaseWeights = protocol.Flag("phase-weights"),
        };
    }
}
