using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>What a protocol's settings mean, in a paragraph.</summary>
internal static class ProtocolRules
{
    public static string Of(ProtocolSection protocol) => string.Join(' ', Sentences(protocol));

    private static IEnumerable<string> Sentences(ProtocolSection protocol)
    {
        var pixels = protocol.AttackDomain == SpecNames.Of(AttackDomain.Pixels);
        yield return pixels
            ? "Pixels in [0, 1] are attacked through the encoder, whose backward is the identity "
              + (protocol.PhaseWeights ? "weighed by the phase code's 2^-(1 + t mod K)" : "averaged over the time steps")
              + "; all time steps share one perturbation, and the attacked image is rounded to bytes, as an image file would be, before it is encoded."
            : "The encoded train is attacked, each time step on its own, its values anywhere in [0, 1]: no image need have such a code.";
        yield return IsBatch(protocol.AttackBatchNorm)
            ? "Gradients are taken with batch norm on the statistics of the attacked batch (training mode), so that an image's attack depends on its batch."
            : "Gradients are taken with batch norm on its running statistics, as the network is used.";
        yield return protocol.Contaminate
            ? "Each of them moves the running statistics towards those of the attacked batch: a batch's result depends on all batches before it, and the test set is an ordered chain."
            : "They leave the running statistics as they are.";
        yield return IsBatch(protocol.PredictionBatchNorm)
            ? "Predictions are made on the statistics of the batch."
            : "Predictions are made on running statistics.";
        yield return protocol.Order == SpecNames.Of(EvaluationOrder.Shuffled)
            ? "The test set is visited in an order shuffled by the seed."
            : "The test set is visited as it is stored.";
    }

    private static bool IsBatch(string statistics) => statistics == SpecNames.Of(BatchStatistics.Batch);
}
