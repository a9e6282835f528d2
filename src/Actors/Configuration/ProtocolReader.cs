using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// Reads one element of <c>campaign.protocols</c>: a named protocol, whose settings can be changed one by one. A protocol
/// goes by its kind unless it is given a name; one that is no longer what its kind says needs one.
/// </summary>
internal static class ProtocolReader
{
    private const string ByKind = "by-kind";

    private static readonly ProtocolSpec[] Kinds = [ProtocolSpec.Strict, ProtocolSpec.AsPublished];

    public static ProtocolSpec Read(HoconSection protocol)
    {
        var kind = Kinds[protocol.Word("kind", [.. Kinds.Select(kind => kind.Name)])];
        var spec = kind with
        {
            Domain = protocol.ChoiceOr<AttackDomain>("attack-domain", ByKind) ?? kind.Domain,
            AttackStatistics = protocol.ChoiceOr<BatchStatistics>("attack-batch-norm", ByKind) ?? kind.AttackStatistics,
            Contaminates = protocol.FlagOr("contaminate", ByKind) ?? kind.Contaminates,
            Order = protocol.ChoiceOr<EvaluationOrder>("order", ByKind) ?? kind.Order,
            PredictionStatistics = protocol.ChoiceOr<BatchStatistics>("prediction-batch-norm", ByKind) ?? kind.PredictionStatistics,
            PhaseWeights = protocol.Flag("phase-weights"),
        };
        if (spec is { PhaseWeights: true, Domain: AttackDomain.EncodedTrain })
        {
            throw protocol.Error("phase-weights", "expected off: an attack on the encoded train does not go through the encoder");
        }

        if (!protocol.Has("name"))
        {
            return spec == kind
                ? spec
                : throw protocol.Error("name", $"missing; expected a name for a protocol that is no longer {kind.Name}");
        }

        spec = spec with { Name = protocol.Name("name") };
        return Kinds.FirstOrDefault(named => named.Name == spec.Name) is { } named && named != spec
            ? throw protocol.Error("name", $"expected a name of its own: this is not what {named.Name} means")
            : spec;
    }
}
