using SpikeTrail.Snn.Tests.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>
/// A second implementation, for the tests alone: SEW-ResNet and Spiking-ResNet written out operation by operation, all time
/// steps at once, and differentiated as a whole by libtorch. A spike is <c>hard + (smooth − smooth.detach())</c>: its value is
/// the hard one's, its gradient the smooth one's. It shares nothing with the product but libtorch and the hash.
/// Tensors are [T, N, C, H, W] throughout; they belong to the caller's dispose scope.
/// </summary>
internal sealed class ReferenceNetwork
{
    private static readonly Dictionary<int, int[]> Blocks = new()
    {
        [10] = [1, 1, 1, 1],
        [18] = [2, 2, 2, 2],
        [34] = [3, 4, 6, 3],
        [50] = [3, 4, 6, 3],
    };

    private readonly ReferenceCase _case;
    private readonly Semantics _semantics;
    private readonly List<(string Name, string[] Convolutions, int Stride, bool Shortcut)> _blocks = [];
    private readonly Dictionary<string, (int Stride, int Padding)> _geometry = [];
    private readonly List<(string Key, long[] Shape)> _layout = [];

    public ReferenceNetwork(ReferenceCase settings)
    {
        (_case, _semantics) = (settings, settings.Semantics);
        var bottleneck = settings.Depth >= 50;
        var channels = Planes(64);
        Convolution("conv1", settings.Channels, channels, kernel: 7, stride: 2);
        Norm("bn1", channels);
        for (var stage = 1; stage <= 4; stage++)
        {
            var planes = Planes(32 << stage);
            for (var block = 0; block < Blocks[settings.Depth][stage - 1]; block++)
            {
                var name = $"layer{stage}.{block}";
                var stride = stage > 1 && block == 0 ? 2 : 1;
                var outputs = bottleneck ? 4 * planes : planes;
                if (bottleneck)
                {
                    Convolution($"{name}.conv1", channels, planes, 1, 1);
                    Norm($"{name}.bn1", planes);
                    Convolution($"{name}.conv2", planes, planes, 3, stride);
                    Norm($"{name}.bn2", planes);
                    Convolution($"{name}.conv3", planes, outputs, 1, 1);
                    Norm($"{name}.bn3", outputs);
                }
                else
                {
                    Convolution($"{name}.conv1", channels, planes, 3, stride);
                    Norm($"{name}.bn1", planes);
                    Convolution($"{name}.conv2", planes, planes, 3, 1);
                    Norm($"{name}.bn2", planes);
                }

                var shortcut = stride != 1 || channels != outputs;
                if (shortcut)
                {
                    Convolution($"{name}.downsample.0", channels, outputs, 1, stride);
                    Norm($"{name}.downsample.1", outputs);
                }

                _blocks.Add((name, bottleneck ? ["1", "2", "3"] : ["1", "2"], stride, shortcut));
                channels = outputs;
            }
        }

        _layout.Add(("fc.weight", [settings.Classes, channels]));
        _layout.Add(("fc.bias", [settings.Classes]));
        foreach (var (key, shape) in _layout.Where(entry => entry.Shape.Length > 0))
        {
            State.Add(key, Filled(key, shape));
        }
    }

    /// <summary>Keys and shapes in torchvision's order.</summary>
    public IReadOnlyList<(string Key, long[] Shape)> Layout => _layout;

    /// <summary>Weights, which ask for gradients, and running statistics, which do not.</summary>
    public Dictionary<string, Tensor> State { get; } = [];

    public IEnumerable<KeyValuePair<string, Tensor>> Weights => State.Where(entry => entry.Value.requires_grad);

    /// <summary>Inputs of modules in the last forward pass; after backward their gradients are what a probe counts.</summary>
    public List<(string Module, string Type, Tensor Input)> Calls { get; } = [];

    /// <summary>The logits, [N, K].</summary>
    public Tensor Forward(Tensor x, bool batchStatistics)
    {
        Calls.Clear();
        x = Neurons("sn1", Norm("bn1", Convolve("conv1", x), batchStatistics));
        x = Pool(x);
        foreach (var (name, convolutions, _, shortcut) in _blocks)
        {
            x = Block(name, x, convolutions, shortcut, batchStatistics);
        }

        x = Called("avgpool", "AdaptiveAvgPool2d", x).mean([3L, 4L]);
        x = nn.functional.linear(Called("fc", "Linear", x), State["fc.weight"], State["fc.bias"]);
        return x.mean([0L]);
    }

    private long Planes(int planes) => Math.Max(1, (long)Math.Round(planes * _case.Width, MidpointRounding.AwayFromZero));

    private void Convolution(string name, long inputs, long outputs, int kernel, int stride)
    {
        _layout.Add(($"{name}.weight", [outputs, inputs, kernel, kernel]));
        _geometry.Add(name, (stride, kernel / 2));
    }

    private void Norm(string name, long channels)
    {
        foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" })
        {
            _layout.Add(($"{name}.{part}", [channels]));
        }

        _layout.Add(($"{name}.num_batches_tracked", []));
    }

    private Tensor Filled(string key, long[] shape)
    {
        var u = Golden.Unit(key, _case.Seed, shape.Aggregate(1L, (a, b) => a * b));
        double[] values;
        if (key.EndsWith("running_mean", StringComparison.Ordinal))
        {
            values = [.. u.Select(value => 0.05 * value)];
        }
        else if (key.EndsWith("running_var", StringComparison.Ordinal))
        {
            values = [.. u.Select(value => 1 + 0.5 * value)];
        }
        else if (shape.Length == 4)
        {
            values = [.. u.Select(value => value * Math.Sqrt(6.0 / (shape[0] * shape[2] * shape[3])))];
        }
        else if (shape.Length == 2)
        {
            values = [.. u.Select(value => value * Math.Sqrt(1.0 / shape[1]))];
        }
        else if (key.EndsWith("weight", StringComparison.Ordinal))
        {
            values = [.. u.Select(value => 1 + 0.25 * value)];
        }
        else
        {
            values = [.. u.Select(value => key == "fc.bias" ? 0.1 * value : 0.2 + 0.1 * value)];
        }

        return tensor(values, shape).requires_grad_(!key.Contains("running", StringComparison.Ordinal));
    }

    private Tensor Block(string name, Tensor x, string[] convolutions, bool shortcut, bool batchStatistics)
    {
        var sew = _case.Sew;
        var y = x;
        foreach (var i in convolutions)
        {
            y = Norm($"{name}.bn{i}", Convolve($"{name}.conv{i}", y), batchStatistics);
            if (sew || i != convolutions[^1])
            {
                y = Neurons($"{name}.sn{i}", y);
            }
        }

        if (shortcut)
        {
            x = Norm($"{name}.downsample.1", Convolve($"{name}.downsample.0", x), batchStatistics);
            if (sew || _semantics.SpikingShortcutHasNeurons)
            {
                x = Neurons($"{name}.downsample_sn", x);
            }
        }

        return sew ? x + y : Neurons($"{name}.sn{convolutions.Length}", x + y);
    }

    private Tensor Convolve(string name, Tensor x)
    {
        var (stride, padding) = _geometry[name];
        var flat = Called(name, "Conv2d", x).flatten(0, 1);
        return nn.functional.conv2d(flat, State[$"{name}.weight"], strides: [stride, stride], padding: [padding, padding]).unflatten(0, x.shape[0], -1);
    }

    private Tensor Norm(string name, Tensor x, bool batchStatistics)
    {
        x = Called(name, "BatchNorm2d", x);
        if (_semantics.NormByStep)
        {
            return stack([.. x.unbind(0).Select(Normalised)], 0);
        }

        return Normalised(x.flatten(0, 1)).unflatten(0, x.shape[0], -1);

        Tensor Normalised(Tensor images) => nn.functional.batch_norm(
            images,
            State[$"{name}.running_mean"],
            State[$"{name}.running_var"],
            State[$"{name}.weight"],
            State[$"{name}.bias"],
            training: batchStatistics,
            momentum: _semantics.NormMomentum,
            eps: 1e-5);
    }

    private Tensor Neurons(string name, Tensor x)
    {
        var spikes = new List<Tensor>();
        Tensor? v = null;
        foreach (var input in x.unbind(0))
        {
            var charge = _semantics.Decay.Gain * input;
            var h = v is null ? charge : _semantics.Decay.Leak * v + charge;
            var u = Called($"{name}.surrogate_function", "ATan", h - _semantics.Threshold);
            var hard = u.detach().ge(0).to_type(x.dtype);
            var smooth = (Math.PI / 2 * _semantics.SurrogateAlpha * u).atan() / Math.PI;
            var spike = hard + (smooth - smooth.detach());
            spikes.Add(spike);

            var resetting = _case.Sew != _semantics.OtherDetach ? spike.detach() : spike;
            v = _semantics.SoftReset ? h - _semantics.Threshold * resetting : h * (1 - resetting);
        }

        return stack(spikes, 0);
    }

    private Tensor Pool(Tensor x)
    {
        var max = (_case.Pool == "max") != _semantics.OtherPool;
        var flat = Called("pool", max ? "MaxPool2d" : "AvgPool2d", x).flatten(0, 1);
        var pooled = max
            ? nn.functional.max_pool2d(flat, [3, 3], strides: [2, 2], padding: [1, 1])
            : nn.functional.avg_pool2d(flat, [3, 3], stride: [2, 2], padding: [1, 1], count_include_pad: _semantics.PoolCountsPadding);
        return pooled.unflatten(0, x.shape[0], -1);
    }

    /// <summary>The module's own view of its input: what others take from the same tensor does not count for it.</summary>
    private Tensor Called(string module, string type, Tensor input)
    {
        var own = input.view(input.shape);
        if (own.requires_grad && !own.is_leaf)
        {
            own.retain_grad();
        }

        Calls.Add((module, type, own));
        return own;
    }
}
