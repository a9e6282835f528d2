using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads one element of <c>campaign.networks</c>.</summary>
internal static class NetworkReader
{
    public static NetworkSpec Read(HoconSection network) => new()
    {
        Name = network.Name("name"),
        Family = network.Choice<NetworkFamily>("family"),
        Depth = network.OneOf("depth", 10, 18, 34, 50, 101, 152),
        Width = network.Number("width", "a number from 0.01 to 16", width => width is >= 0.01 and <= 16),
        Pool = network.Choice<PoolKind>("pool"),
        Connection = network.Choice<SewConnection>("connection"),
        BatchNorm = network.Choice<BatchNormScope>("batch-norm"),
        Precision = network.Choice<Precision>("precision"),
        Neuron = Neuron(network.Section("neuron"), network.Choice<NetworkFamily>("family")),
        Weights = network.FileOr("weights", "none") is { } path ? new WeightsFile(path) : null,
    };

    private static NeuronSpec Neuron(HoconSection neuron, NetworkFamily family) => new()
    {
        Kind = neuron.Choice<NeuronKind>("kind"),
        Threshold = neuron.Number("threshold", "a number above 0", threshold => threshold > 0),
        Reset = neuron.NumberOr("reset", "soft"),
        DetachReset = neuron.FlagOr("detach-reset", "by-family") ?? family == NetworkFamily.SewResNet,
        Tau = neuron.Number("tau", "a number of at least 1", tau => tau >= 1),
        DecayInput = neuron.Flag("decay-input"),
        Surrogate = Surrogate(neuron.Section("surrogate")),
    };

    private static SurrogateSpec Surrogate(HoconSection surrogate) => new(
        surrogate.Choice<SurrogateKind>("kind"),
        surrogate.Number("alpha", "a number above 0", alpha => alpha > 0));
}
