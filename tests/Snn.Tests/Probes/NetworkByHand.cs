using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Probes;

/// <summary>
/// SEW-ResNet of basic blocks with max pooling on running statistics, written out in float64: convolutions and batch norm by libtorch's
/// functions, neurons one by one in scalars. It keeps every spike.
/// </summary>
internal sealed class NetworkByHand(IEnumerable<Parameter> parameters, int timeSteps)
{
    private readonly Dictionary<string, Tensor> _state = parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.to_type(ScalarType.Float64));
    private readonly List<(string Module, bool[][][] Spikes_TN)> _fired = [];

    /// <summary>What each layer of neurons fires: by time step, image and neuron [C, H, W].</summary>
    public IReadOnlyList<(string Module, bool[][][] Spikes_TN)> Fire(Tensor inputs_TN)
    {
        using var scope = NewDisposeScope();
        var x = inputs_TN.flatten(0, 1);
        x = Neurons("sn1", Convolve("conv1", "bn1", x, stride: 2));
        x = nn.functional.max_pool2d(x, [3, 3], strides: [2, 2], padding: [1, 1]);
        for (var stage = 1; stage <= 4; stage++)
        {
            for (var block = 0; _state.ContainsKey($"layer{stage}.{block}.conv1.weight"); block++)
            {
                var name = $"layer{stage}.{block}";
                var stride = stage > 1 && block == 0 ? 2 : 1;
                var middle = Neurons($"{name}.sn1", Convolve($"{name}.conv1", $"{name}.bn1", x, stride));
                var residual = Neurons($"{name}.sn2", Convolve($"{name}.conv2", $"{name}.bn2", middle, stride: 1));
                x = residual + (_state.ContainsKey($"{name}.downsample.0.weight") ? Neurons($"{name}.downsample_sn", Convolve($"{name}.downsample.0", $"{name}.downsample.1", x, stride)) : x);
            }
        }

        foreach (var tensor in _state.Values)
        {
            tensor.Dispose();
        }

        return _fired;
    }

    private Tensor Convolve(string convolution, string norm, Tensor x, long stride)
    {
        var weight = _state[$"{convolution}.weight"];
        var padding = weight.shape[2] / 2;
        var convolved = nn.functional.conv2d(x, weight, strides: [stride, stride], padding: [padding, padding]);
        return nn.functional.batch_norm(
            convolved, _state[$"{norm}.running_mean"], _state[$"{norm}.running_var"], _state[$"{norm}.weight"], _state[$"{norm}.bias"], training: false, momentum: 0.1, eps: 1e-5);
    }

    private Tensor Neurons(string name, Tensor inputs)
    {
        var all = inputs.contiguous().data<double>().ToArray();
        var (potentials, images) = (new double[all.Length / timeSteps], (int)inputs.shape[0] / timeSteps);
        for (var i = 0; i < all.Length; i++)
        {
            var v = potentials[i % potentials.Length] += all[i];
            all[i] = v >= 1 ? 1 : 0;
            potentials[i % potentials.Length] = v >= 1 ? 0 : v;
        }

        _fired.Add((name, [.. all.Select(spike => spike == 1).Chunk(potentials.Length).Select(step => step.Chunk(potentials.Length / images).ToArray())]));
        return tensor(all, inputs.shape);
    }
}
