using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests;

/// <summary>Small networks and inputs that tests share.</summary>
internal static class TestNetworks
{
    public const int Classes = 5;

    public static IReadOnlyList<long> InputShape { get; } = [2, 16, 16];

    public static NetworkSpec Small(NetworkFamily family = NetworkFamily.SewResNet, Precision precision = Precision.Float32) =>
        new() { Name = "small", Family = family, Depth = 18, Width = 0.125, Precision = precision };

    public static Network Create(NetworkSpec spec) => Network.Create(spec, InputShape, Classes, seed: 7);

    /// <summary>A spike train of density 0.3, [T, N, C, H, W].</summary>
    public static Tensor Spikes(int timeSteps, int images, ScalarType type, long seed = 1)
    {
        var random = CounterRandom.For(seed, "test-spikes");
        var values = new double[timeSteps * images * InputShape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.Uniform(i) < 0.3 ? 1 : 0;
        }

        using var spikes = tensor(values, [timeSteps, images, .. InputShape]);
        return spikes.to_type(type, copy: true);
    }

    public static IReadOnlyList<int> Labels(int images) => [.. Enumerable.Range(0, images).Select(i => i % Classes)];

    public static BatchPass Pass(PassRequest request, int images, ScalarType type = ScalarType.Float32, long seed = 1) =>
        new(request, Spikes(request.TimeSteps, images, type, seed), Labels(images));

    /// <summary>The values of a tensor of reals.</summary>
    public static double[] Values(Tensor tensor)
    {
        using var real = tensor.to_type(ScalarType.Float64).cpu().contiguous();
        return real.data<double>().ToArray();
    }

    /// <summary>The largest difference, relative to the larger of 1 and the values' own size.</summary>
    public static double Difference(Tensor a, Tensor b) =>
        Values(a).Zip(Values(b), (x, y) => Math.Abs(x - y) / Math.Max(1, Math.Max(Math.Abs(x), Math.Abs(y)))).Max();
}
