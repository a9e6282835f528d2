using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// SEW-ResNet and Spiking-ResNet of every depth as one family. The stem is ImageNet's: conv 7×7 stride 2 → BN → neurons
/// → pool 3×3 stride 2; then four stages of blocks, a global average pool and a linear layer. Names are torchvision's,
/// so state dicts go both ways.
/// </summary>
internal sealed class ResNetBuilder(NetworkSpec spec, long seed)
{
    private const int StemPlanes = 64;

    /// <summary>Blocks in each stage, and whether they are bottlenecks (He et al., 2016, table 1; 10 is 18 with half the blocks).</summary>
    private static readonly IReadOnlyDictionary<int, (int[] Blocks, bool Bottleneck)> Depths = new Dictionary<int, (int[], bool)>
    {
        [10] = ([1, 1, 1, 1], false),
        [18] = ([2, 2, 2, 2], false),
        [34] = ([3, 4, 6, 3], false),
        [50] = ([3, 4, 6, 3], true),
        [101] = ([3, 4, 23, 3], true),
        [152] = ([3, 8, 36, 3], true),
    };

    /// <summary>The depths there are, in ascending order.</summary>
    public static IEnumerable<int> KnownDepths => Depths.Keys.Order();

    private readonly WeightInitializer _weights = new(seed, spec.Precision.ToScalarType());
    private readonly bool _sew = spec.Family == NetworkFamily.SewResNet;

    /// <summary>Whether neurons emit their surrogate's primitive: for checks against finite differences.</summary>
    public bool Smooth { get; init; }

    public Network Build(IReadOnlyList<long> inputShape, int classes)
    {
        if (!Depths.TryGetValue(spec.Depth, out var depth))
        {
            throw new InputException($"network {spec.Name}: expected a depth of {string.Join(", ", KnownDepths)}, got {spec.Depth}");
        }

        var expansion = depth.Bottleneck ? 4 : 1;
        var channels = Scaled(StemPlanes);
        var layers = new List<Layer> { Stem(inputShape[0], channels) };
        for (var stage = 1; stage <= depth.Blocks.Length; stage++)
        {
            var planes = Scaled(StemPlanes << (stage - 1));
            for (var block = 0; block < depth.Blocks[stage - 1]; block++)
            {
                var stride = stage > 1 && block == 0 ? 2 : 1;
                layers.Add(Block($"layer{stage}.{block}", depth.Bottleneck, channels, planes, planes * expansion, stride));
                channels = planes * expansion;
            }
        }

        layers.Add(Head(channels, classes));
        return new Network(layers, inputShape);
    }

    private long Scaled(int planes) => Math.Max(1, (long)Math.Round(planes * spec.Width, MidpointRounding.AwayFromZero));

    private Sequence Stem(long inputChannels, long channels) => new(
        "stem",
        new Conv2d("conv1", _weights.Convolution("conv1.weight", inputChannels, channels, kernel: 7), stride: 2, padding: 3) { TakesNetworkInput = true },
        new NormalizedNeurons(Norm("bn1", channels), Neurons("sn1")),
        spec.Pool == PoolKind.Max ? new MaxPool2d("pool", kernel: 3, stride: 2, padding: 1) : new AvgPool2d("pool", kernel: 3, stride: 2, padding: 1));

    private Sequence Head(long channels, int classes) => new(
        "head",
        new GlobalAvgPool2d("avgpool"),
        new Linear("fc", _weights.Uniform("fc.weight", [classes, channels], channels), _weights.Uniform("fc.bias", [classes], channels)));

    private Layer Block(string name, bool bottleneck, long channels, long planes, long outputs, int stride)
    {
        (long Outputs, int Kernel, int Stride)[] convolutions = bottleneck
            ? [(planes, 1, 1), (planes, 3, stride), (outputs, 1, 1)]
            : [(planes, 3, stride), (outputs, 3, 1)];

        var residual = new List<Layer>();
        var inputs = channels;
        for (var i = 1; i <= convolutions.Length; i++)
        {
            var (count, kernel, step) = convolutions[i - 1];
            residual.Add(Convolution($"{name}.conv{i}", inputs, count, kernel, step));
            var norm = Norm($"{name}.bn{i}", count);
            residual.Add(_sew || i < convolutions.Length ? new NormalizedNeurons(norm, Neurons($"{name}.sn{i}")) : norm);
            inputs = count;
        }

        var shortcut = stride == 1 && channels == outputs ? null : Shortcut(name, channels, outputs, stride);
        var path = new Sequence($"{name}.residual", residual);
        return _sew
            ? new SewBlock(name, path, shortcut, spec.Connection)
            : new SpikingBlock(name, path, shortcut, Neurons($"{name}.sn{convolutions.Length}"));
    }

    private Sequence Shortcut(string name, long channels, long outputs, int stride)
    {
        var convolution = Convolution($"{name}.downsample.0", channels, outputs, 1, stride);
        var norm = Norm($"{name}.downsample.1", outputs);
        return _sew
            ? new Sequence($"{name}.shortcut", convolution, new NormalizedNeurons(norm, Neurons($"{name}.downsample_sn")))
            : new Sequence($"{name}.shortcut", convolution, norm);
    }

    private Conv2d Convolution(string name, long inputs, long outputs, int kernel, int stride) =>
        new(name, _weights.Convolution($"{name}.weight", inputs, outputs, kernel), stride, padding: kernel / 2);

    private NeuronLayer Neurons(string name) => new(name, spec.Neuron, Smooth);

    private BatchNorm2d Norm(string name, long channels) => new(
        name,
        _weights.Constant($"{name}.weight", channels, 1, ParameterRole.Trained),
        _weights.Constant($"{name}.bias", channels, 0, ParameterRole.Trained),
        _weights.Constant($"{name}.running_mean", channels, 0, ParameterRole.Statistic),
        _weights.Constant($"{name}.running_var", channels, 1, ParameterRole.Statistic),
        WeightInitializer.Counter($"{name}.num_batches_tracked"),
        spec.BatchNorm);
}
