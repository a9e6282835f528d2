using System.Runtime.Intrinsics;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

/// <summary>Spikes kept as bytes are held against the reals that they were.</summary>
public sealed class SpikeBytesTests
{
    public SpikeBytesTests() =>
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "this processor has no vectors of 512 bits: libtorch keeps its own inputs");

    public static TheoryData<ScalarType> Types { get; } = [ScalarType.Float32, ScalarType.Float64];

    public static TheoryData<ScalarType, double> NoBytes()
    {
        var data = new TheoryData<ScalarType, double>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            foreach (var value in new[] { 0.5, -1, 256, 1e-30, 4294967297, 1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                data.Add(type, value);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Whole_numbers_to_255_become_bytes_and_lose_nothing(ScalarType type)
    {
        foreach (var shape in new long[][] { [1, 1, 1, 1], [3, 7, 5, 3], [4, 64, 8, 8], [5, 33, 9, 11] })
        {
            using var values = randint(0, 256, shape, dtype: type);

            using var bytes = SpikeBytes.Of(values);

            Assert.Equal(ScalarType.Byte, bytes.dtype);
            Assert.Equal(shape, bytes.shape);
            Assert.Equal(Values(values), Values(bytes));
        }
    }

    [Fact]
    public void No_images_become_no_bytes()
    {
        using var values = zeros([0, 16, 4, 4]);

        using var bytes = SpikeBytes.Of(values);

        Assert.Equal([0, 16, 4, 4], bytes.shape);
    }

    [Theory]
    [MemberData(nameof(NoBytes))]
    public void A_single_other_value_leaves_all_as_they_are(ScalarType type, double value)
    {
        foreach (var at in new[] { 0, 63, 64, 1000, 70 * 35 * 9 - 1 })
        {
            using var values = zeros([70, 35, 3, 3], type);
            using var flat = values.view(-1);
            flat[at] = value;

            using var kept = SpikeBytes.Of(values);

            Assert.Equal(type, kept.dtype);
            Assert.Equal(Values(values), Values(kept));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Their_weight_gradient_has_the_bits_of_that_of_reals(ScalarType type)
    {
        var random = new Random(5);
        for (var round = 0; round < 25; round++)
        {
            // Now and then no image at all.
            long images = random.Next(0, 6), inputs = random.Next(1, 90), outputs = random.Next(1, 90), side = random.Next(1, 9), kernel = 1 + (2 * random.Next(0, 2));
            long stride = random.Next(1, 3), padding = kernel / 2, reached = ((side + (2 * padding) - kernel) / stride) + 1;
            using var drawn = randint(-600, 256, [images, inputs, side, side], dtype: type);
            using var spikes = drawn.clamp_min(0);
            using var weight = zeros([outputs, inputs, kernel, kernel], type);
            using var gradient = randn([images, outputs, reached, reached], dtype: type);
            if (round % 3 == 0 && images > 0)
            {
                gradient[0, 0, 0, 0] = double.NaN;
                gradient[0, outputs - 1, reached - 1, 0] = double.NegativeInfinity;
            }

            using var bytes = SpikeBytes.Of(spikes);
            using var expected = ConvolutionKernel.WeightGradient(spikes, gradient, weight, stride, padding);
            using var actual = ConvolutionKernel.WeightGradient(bytes, gradient, weight, stride, padding);

            Assert.Equal(ScalarType.Byte, bytes.dtype);
            Assert.Equal(type, actual.dtype);
            Assert.Equal(Values(expected), Values(actual));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, sizeof(float))]
    public void A_convolution_keeps_a_byte_of_each_spike_and_else_the_whole_value(double spike, int bytes)
    {
        using var weight = new Parameter("w", [16, 16, 3, 3], ScalarType.Float32, ParameterRole.Trained, () => ones([16, 16, 3, 3]));
        var convolution = new Conv2d("conv", weight, stride: 1, padding: 1);
        using var tape = new PassTape(PassRequest.Training(default, 2, 0));
        using var inputs = full([2, 3, 16, 4, 4], spike, dtype: ScalarType.Float32);

        using var outputs = convolution.Forward(inputs, tape);

        Assert.Equal(inputs.NumberOfElements * bytes, tape.SavedBytes);
    }

    [Fact]
    public void Windows_of_which_some_are_bytes_gather_to_the_gradient_of_the_whole()
    {
        using var weight = new Parameter("w", [16, 16, 3, 3], ScalarType.Float32, ParameterRole.Trained, () => ones([16, 16, 3, 3]));
        var convolution = new Conv2d("conv", weight, stride: 1, padding: 1);
        using var inputs = randint(0, 3, [3, 2, 16, 4, 4], dtype: ScalarType.Float32);
        using var gradients = randn([3, 2, 16, 4, 4], dtype: ScalarType.Float32);
        inputs[1].mul_(0.5);

        Assert.Equal(Gradient(window: 3), Gradient(window: 1));

        double[] Gradient(int window)
        {
            using var tape = new PassTape(PassRequest.Training(default, 3, 0) with { BatchNorm = BatchStatistics.Running });
            for (var start = 0; start < 3; start += window)
            {
                using var frame = inputs.narrow(0, start, window);
                convolution.Forward(frame, tape).Dispose();
            }

            for (var start = 3 - window; start >= 0; start -= window)
            {
                using var frame = gradients.narrow(0, start, window);
                convolution.Backward(frame, tape)!.Dispose();
            }

            return Values(tape.WeightGradients[weight]);
        }
    }
}
