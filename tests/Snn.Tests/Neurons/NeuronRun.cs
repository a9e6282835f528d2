using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Neurons;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Neurons;

/// <summary>A layer of N neurons run forward and backward in float64; all arrays are [T, N], row-major.</summary>
/// <param name="Potentials">After each window's last step.</param>
internal sealed record NeuronRun(double[] Spikes, double[] Potentials, double[] InputGradient)
{
    public static NeuronRun Of(NeuronSpec spec, double[] inputs, double[] upstream, int timeSteps, int window)
    {
        long[] shape = [timeSteps, inputs.Length / timeSteps];
        using var inputs_TN = tensor(inputs, shape);
        using var upstream_TN = tensor(upstream, shape);
        using var tape = new PassTape(PassRequest.AdversarialStep(default, timeSteps, probes: false));
        var layer = new NeuronLayer("sn", spec);
        var (spikes, potentials, gradients) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var frame in Frame.Split(inputs_TN, window))
        {
            using var input = frame;
            using var output = layer.Forward(input.Values_WN, tape);
            spikes.AddRange(Values(output));
            potentials.AddRange(Values(tape.MembraneOf(layer).Potential!));
        }

        foreach (var frame in Frame.Split(upstream_TN, window).Reverse())
        {
            using var gradient = frame;
            using var inputGradient = layer.Backward(gradient.Values_WN, tape)!;
            gradients.InsertRange(0, Values(inputGradient));
        }

        Assert.Equal(0, tape.SavedCount);
        return new NeuronRun([.. spikes], [.. potentials], [.. gradients]);
    }
}
