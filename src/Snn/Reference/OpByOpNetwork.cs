using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;
using TrainedTensor = TorchSharp.Modules.Parameter;

namespace SpikeTrail.Snn.Reference;

/// <summary>
/// SEW-ResNet of basic blocks as it is usually written: one tensor operation after another, differentiated as a whole by
/// libtorch's autograd. The benchmark measures SpikeTrail against it, and tests compare both. Convolutions, batch norm and
/// pools take all time steps folded into the batch, [T·N, C, H, W]; neurons (integrate and fire, threshold 1, reset to 0,
/// the reset detached, arc tangent with α = 2) go through time step by step, as SpikingJelly's torch backend does.
/// Every tensor is let go as soon as nothing but autograd needs it, as Python would.
/// </summary>
public sealed class OpByOpNetwork : IDisposable
{
    private const double Threshold = 1;

    private readonly Dictionary<string, Tensor> _state = [];
    private readonly List<TrainedTensor> _trained = [];
    private readonly int _timeSteps;
    private readonly Tensor _one;

    /// <summary>A network with a copy of the given weights.</summary>
    /// <param name="parameters">The state dict of a SEW-ResNet of basic blocks.</param>
    /// <param name="timeSteps">T.</param>
    /// <exception cref="ArgumentException">The state dict is that of a network of bottlenecks.</exception>
    public OpByOpNetwork(IEnumerable<Parameter> parameters, int timeSteps)
    {
        _timeSteps = timeSteps;
        foreach (var parameter in parameters)
        {
            var copy = parameter.Value.clone().DetachFromDisposeScope();
            if (parameter.Role == ParameterRole.Trained)
            {
                var trained = new TrainedTensor(copy);
                _trained.Add(trained);
                copy = trained;
            }

            _state.Add(parameter.Key, copy);
        }

        if (_state.ContainsKey("layer1.0.conv3.weight"))
        {
            throw new ArgumentException("expected a network of basic blocks, got one of bottlenecks", nameof(parameters));
        }

        _one = ones([], _state["fc.weight"].dtype).DetachFromDisposeScope();
    }

    /// <summary>The state dict: weights, which ask for gradients, and running statistics, which do not.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>The weights.</summary>
    public IReadOnlyList<TrainedTensor> Trained => _trained;

    /// <summary>The logits, [N, K]: the mean over time of the last layer's output.</summary>
    /// <param name="inputs_TN">The encoded batch, [T, N, C, H, W].</param>
    /// <param name="batchStatistics">Whether batch norm normalises with the batch's statistics, and moves its running ones.</param>
    public Tensor Forward(Tensor inputs_TN, bool batchStatistics)
    {
        using var inputs = inputs_TN.flatten(0, 1);
        using var stem = Neurons(ConvolveAndNormalise("conv1", "bn1", inputs, stride: 2, batchStatistics));
        var x = nn.functional.max_pool2d(stem, [3, 3], strides: [2, 2], padding: [1, 1]);
        for (var stage = 1; stage <= 4; stage++)
        {
            for (var block = 0; _state.ContainsKey($"layer{stage}.{block}.conv1.weight"); block++)
            {
                using var before = x;
                x = Block($"layer{stage}.{block}", before, stride: stage > 1 && block == 0 ? 2 : 1, batchStatistics);
            }
        }

        using var last = x;
        using var pooled = last.mean([2L, 3L]);
        using var outputs = nn.functional.linear(pooled, _state["fc.weight"], _state["fc.bias"]);
        using var outputs_TN = outputs.unflatten(0, _timeSteps, -1);
        return outputs_TN.mean([0L]);
    }

    /// <summary>Forgets the weights' gradients.</summary>
    public void ClearGradients() => _trained.ForEach(weight => weight.grad = null);

    /// <inheritdoc/>
    public void Dispose()
    {
        ClearGradients();
        foreach (var tensor in _state.Values)
        {
            tensor.Dispose();
        }

        _one.Dispose();
    }

    private Tensor Block(string name, Tensor x, int stride, bool batchStatistics)
    {
        using var middle = Neurons(ConvolveAndNormalise($"{name}.conv1", $"{name}.bn1", x, stride, batchStatistics));
        using var residual = Neurons(ConvolveAndNormalise($"{name}.conv2", $"{name}.bn2", middle, stride: 1, batchStatistics));
        using var identity = _state.ContainsKey($"{name}.downsample.0.weight")
            ? Neurons(ConvolveAndNormalise($"{name}.downsample.0", $"{name}.downsample.1", x, stride, batchStatistics))
            : x.alias();
        return identity + residual;
    }

    private Tensor ConvolveAndNormalise(string convolution, string norm, Tensor x, long stride, bool batchStatistics)
    {
        var weight = _state[$"{convolution}.weight"];
        var padding = weight.shape[2] / 2;
        using var convolved = nn.functional.conv2d(x, weight, strides: [stride, stride], padding: [padding, padding]);
        return nn.functional.batch_norm(
            convolved,
            _state[$"{norm}.running_mean"],
            _state[$"{norm}.running_var"],
            _state[$"{norm}.weight"],
            _state[$"{norm}.bias"],
            training: batchStatistics,
            momentum: 0.1,
            eps: 1e-5);
    }

    /// <summary>The spikes, [T·N, …]. It takes its input over.</summary>
    private Tensor Neurons(Tensor taken)
    {
        using var inputs = taken;
        using var inputs_TN = inputs.unflatten(0, _timeSteps, -1);
        var spikes = new List<Tensor>();
        Tensor? potential = null;
        foreach (var step in inputs_TN.unbind(0))
        {
            using var input = step;
            using var charge = potential is null ? input.alias() : potential + input;
            potential?.Dispose();
            using var overshoot = charge - Threshold;
            var spike = Fire(overshoot);
            spikes.Add(spike);

            using var fired = spike.detach();
            using var silent = _one - fired;
            potential = charge * silent;
        }

        potential?.Dispose();
        using var spikes_TN = stack(spikes, 0);
        spikes.ForEach(spike => spike.Dispose());
        return spikes_TN.flatten(0, 1);
    }

    private static Tensor Fire(Tensor overshoot)
    {
        if (!overshoot.requires_grad)
        {
            return SpikeFunction.Heaviside(overshoot);
        }

        // What the custom function makes besides its result is of no use to anyone.
        using var scope = NewDisposeScope();
        return SpikeFunction.apply(overshoot).MoveToOuterDisposeScope();
    }
}
