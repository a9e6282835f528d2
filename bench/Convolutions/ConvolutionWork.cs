using System.Diagnostics;
using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Convolutions;

/// <summary>One layer's work, libtorch's and ours.</summary>
internal sealed class ConvolutionWork
{
    private readonly ConvolutionLayer _layer;
    private readonly Tensor _input;
    private readonly Tensor _weight;
    private readonly Tensor _gradient;
    private readonly Tensor _inputLast;
    private readonly Tensor _weightLast;
    private readonly Tensor _gradientLast;
    private readonly Tensor _inputKept;

    /// <summary>Work on random spikes. Tensors belong to the scope it is made in.</summary>
    public ConvolutionWork(ConvolutionLayer layer, int images, double spikes)
    {
        _layer = layer;
        _input = rand(images, layer.Inputs, layer.Size, layer.Size).lt(spikes).to_type(ScalarType.Float32);
        _weight = randn(layer.Outputs, layer.Inputs, layer.Kernel, layer.Kernel);
        _gradient = randn_like(Convolve(_input, _weight));

        // In the order in memory in which each side has them in a network.
        _inputLast = ChannelsLast(_input);
        _gradientLast = ChannelsLast(_gradient);
        _weightLast = ConvolutionKernel.InKernelOrder(_weight);
        _inputKept = SpikeBytes.Of(_inputLast);
    }

    private int Padding => _layer.Kernel / 2;

    /// <summary>What is timed, libtorch's first: each does its work once and says how many milliseconds it took.</summary>
    public IReadOnlyList<Func<double>> All =>
    [
        () => Time(() => Convolve(_input, _weight)),
        () => TimeGradient(ofWeight: false),
        () => TimeGradient(ofWeight: true),
        () => Time(() => ConvolutionKernel.Forward(_inputLast, _weightLast, _layer.Stride, Padding)),
        () => Time(() => ConvolutionKernel.InputGradient(_gradientLast, _weightLast, _input.shape, _layer.Stride, Padding)),
        () => Time(() => ConvolutionKernel.WeightGradient(_inputKept, _gradientLast, _weightLast, _layer.Stride, Padding)),
    ];

    private static double Time(Func<Tensor> work)
    {
        var started = Stopwatch.GetTimestamp();
        using var result = work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private double TimeGradient(bool ofWeight)
    {
        using var input = _input.detach().requires_grad_(!ofWeight);
        using var weight = _weight.detach().requires_grad_(ofWeight);
        using var graph = Convolve(input, weight);
        var leaf = ofWeight ? weight : input;
        return Time(() =>
        {
            graph.backward([_gradient], create_graph: false, retain_graph: false, inputs: [leaf]);
            return leaf.grad!;
        });
    }

    private static Tensor ChannelsLast(Tensor values) => ConvolutionKernel.ChannelsLast(values).permute(0, 3, 1, 2);

    private Tensor Convolve(Tensor input, Tensor weight) =>
        nn.functional.conv2d(input, weight, strides: [_layer.Stride, _layer.Stride], padding: [Padding, Padding]);
}
