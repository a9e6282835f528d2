using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Tests.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Encoders;

public sealed class EncoderTests
{
    public static TheoryData<EncoderKind> Kinds { get; } = [.. Enum.GetValues<EncoderKind>()];

    [Fact]
    public void The_phase_code_shows_the_bits_of_a_byte_most_significant_first_over_and_over() =>
        Assert.Equal([1, 0, 1, 1, 0, 0, 0, 1, 1, 0], Train(new PhaseEncoder(10, bits: 8), 0b1011_0001));

    [Fact]
    public void A_phase_code_of_few_bits_leaves_the_least_significant_out() =>
        Assert.Equal([1, 0, 1, 1, 0, 1], Train(new PhaseEncoder(6, bits: 3), 0b1011_0001));

    [Theory]
    [InlineData(255, 0)]
    [InlineData(227, 1)]
    [InlineData(128, 4)]
    [InlineData(127, 5)]
    [InlineData(14, 9)]
    [InlineData(15, 8)]
    [InlineData(0, 9)]
    public void The_latency_code_fires_once_the_earlier_the_brighter(byte pixel, int step) =>
        Assert.Equal(Enumerable.Range(0, 10).Select(t => t == step ? 1.0 : 0), Train(new LatencyEncoder(10), pixel));

    [Fact]
    public void The_direct_code_repeats_the_pixel() => Assert.Equal([0.2, 0.2, 0.2], Train(new DirectEncoder(3), 51));

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Every_byte_is_encoded_as_the_golden_tables_say(ScalarType type)
    {
        var golden = Golden.Read("neurons.json").GetProperty("encoders");
        using var bytes = arange(256, dtype: type);
        using var phase = new PhaseEncoder(10, bits: 8).Encode(bytes, NoRandom);
        using var latency = new LatencyEncoder(10).Encode(bytes, NoRandom);

        Assert.Equal(Golden.Flat(golden.GetProperty("phase_K8_T10_of_value_over_256")), Values(phase));
        Assert.Equal(Golden.Flat(golden.GetProperty("latency_linear_T10_of_value_over_255")), Values(latency));
    }

    [Fact]
    public void The_rate_code_spikes_as_often_as_the_pixel_is_bright()
    {
        const int timeSteps = 10_000;
        using var bytes_N = tensor(new double[] { 0, 51, 128, 204, 255 }, [1, 5]);
        using var spikes_TN = new RateEncoder(timeSteps).Encode(bytes_N, Stream);
        using var rates = spikes_TN.mean([0]);
        var found = Values(rates);

        Assert.Equal((0.0, 1.0), (found[0], found[4]));
        Assert.All(Values(spikes_TN), spike => Assert.True(spike is 0 or 1));

        // Five standard deviations of a mean of 10 000 draws: 5·0.5/100.
        Assert.All(Values(bytes_N).Zip(found), pair => Assert.InRange(pair.Second, pair.First / 255 - 0.025, pair.First / 255 + 0.025));
    }

    [Fact]
    public void The_rate_code_depends_on_an_images_own_randomness_and_nothing_else()
    {
        var encoder = new RateEncoder(20);
        using var bytes_N = full([3, 2, 4, 4], 128.0, dtype: ScalarType.Float64);
        using var last = full([1, 2, 4, 4], 128.0, dtype: ScalarType.Float64);
        using var batch = encoder.Encode(bytes_N, Stream);
        using var again = encoder.Encode(bytes_N, Stream);
        using var alone = encoder.Encode(last, _ => Stream(2));
        using var third = batch.narrow(1, 2, 1);
        using var second = batch.narrow(1, 1, 1);

        Assert.Equal(Values(batch), Values(again));
        Assert.Equal(Values(third), Values(alone));
        Assert.NotEqual(Values(second), Values(third));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_code_has_a_step_more_axis_values_in_0_to_1_and_the_images_precision(EncoderKind kind)
    {
        var spec = new DataSetSpec { Name = "any", TimeSteps = 7, Encoder = new EncoderSpec(kind) };
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            using var bytes_N = arange(96, dtype: type).reshape(2, 3, 4, 4);
            using var encoded_TN = Encoder.Create(spec).Encode(bytes_N, Stream);

            Assert.Equal([7, 2, 3, 4, 4], encoded_TN.shape);
            Assert.Equal(type, encoded_TN.dtype);
            Assert.All(Values(encoded_TN), value => Assert.InRange(value, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Backward_goes_straight_through_and_averages_over_time(EncoderKind kind)
    {
        var encoder = Encoder.Create(new DataSetSpec { Name = "any", TimeSteps = 4, Encoder = new EncoderSpec(kind) });
        using var gradients_TN = tensor([1, 2, 3, -4, 5, 6, 7, 10.0], [4, 2]);
        using var gradient = encoder.Backward(gradients_TN);

        Assert.Equal([(1 + 3 + 5 + 7) / 4.0, (2 - 4 + 6 + 10) / 4.0], Values(gradient));
    }

    [Fact]
    public void Phase_weights_halve_from_step_to_step_and_start_again_with_the_byte()
    {
        using var gradients_TN = eye(10, dtype: ScalarType.Float64);
        using var weights = new PhaseEncoder(10, bits: 8).Backward(gradients_TN, phaseWeights: true);

        Assert.Equal([1 / 2.0, 1 / 4.0, 1 / 8.0, 1 / 16.0, 1 / 32.0, 1 / 64.0, 1 / 128.0, 1 / 256.0, 1 / 2.0, 1 / 4.0], Values(weights));
    }

    [Fact]
    public void Codes_without_such_weights_ignore_them()
    {
        using var gradients_TN = tensor([1, 3.0], [2, 1]);
        using var gradient = new LatencyEncoder(2).Backward(gradients_TN, phaseWeights: true);

        Assert.Equal([2], Values(gradient));
    }

    private static double[] Train(Encoder encoder, byte pixel)
    {
        using var bytes_N = tensor(new double[] { pixel });
        using var train_T = encoder.Encode(bytes_N, NoRandom);
        return Values(train_T);
    }

    private static CounterRandom Stream(int image) => CounterRandom.For(5, "rate test").At(image);

    private static CounterRandom NoRandom(int image) => throw new InvalidOperationException("this code draws nothing");
}
