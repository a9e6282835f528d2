using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

public sealed class ChannelStatisticsTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 1000, 0.01)]
    [InlineData(ScalarType.Float32, 0, 1)]
    [InlineData(ScalarType.Float32, -3e7, 50)]
    [InlineData(ScalarType.Float64, 1e9, 0.01)]
    public void A_small_variance_shows_beside_a_large_mean(ScalarType type, double mean, double deviation)
    {
        foreach (var channels in new[] { 1, 5, 8, 64, 300 })
        {
            long[] shape = [3, 2, channels, 7, 5];
            var random = CounterRandom.For(3, "statistics");
            double[] drawn = [.. Enumerable.Range(0, 210 * channels).Select(i => mean + deviation * (2 * random.Uniform(i) - 1))];
            using var values = tensor(drawn, shape).to_type(type);
            using var values_WNCHW = TensorMemory.ChannelsLast(values);
            using var real = values.to_type(ScalarType.Float64);
            using var deviations = real - mean;
            using var variance = deviations.var([0L, 1, 3, 4], unbiased: false);
            using var average = deviations.mean([0L, 1, 3, 4]).add_(mean);
            var found = ChannelStatistics.Of(values_WNCHW);

            Assert.Equal(210, found.Count);
            Assert.All(average.data<double>().ToArray().Zip(found.Mean), pair => Assert.Equal(pair.First, pair.Second, 1e-7 * deviation + 1e-15 * Math.Abs(mean)));
            Assert.All(variance.data<double>().ToArray().Zip(found.Variance), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * deviation * deviation));
        }
    }

    [Fact]
    public void A_constant_channel_has_no_variance_and_a_single_value_no_unbiased_one()
    {
        using var constant = full([4, 3, 2, 5, 5], 0.1, ScalarType.Float32);
        using var constant_WNCHW = TensorMemory.ChannelsLast(constant);
        using var single = full([1, 1, 2, 1, 1], 0.1, ScalarType.Float32);

        Assert.Equal([0, 0], ChannelStatistics.Of(constant_WNCHW).Variance);
        Assert.Equal([0, 0], ChannelStatistics.Of(single).Variance);
        Assert.Equal([double.NaN, double.NaN], ChannelStatistics.Of(single).UnbiasedVariance);
    }
}
