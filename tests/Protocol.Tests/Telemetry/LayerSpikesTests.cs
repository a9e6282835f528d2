using CsCheck;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Tests.Telemetry;

public sealed class LayerSpikesTests
{
    [Fact]
    public void Whatever_neurons_fired_is_read_from_the_digits()
    {
        var fired = Gen.Bool.Array[1, 64];
        fired.Sample(
            step =>
            {
                var digits = LayerSpikes.Digits(step);
                var layer = new LayerSpikes("sn1", step.Length, [step.Count(spike => spike)], [digits]);
                Assert.Equal(LayerSpikes.DigitsOf(step.Length), digits.Length);
                Assert.Equal(step, Enumerable.Range(0, step.Length).Select(place => layer.Fired(0, place)));
            },
            iter: 500);
    }

    [Fact]
    public void The_first_neuron_is_the_highest_bit_of_the_first_digit() =>
        Assert.Equal("88", LayerSpikes.Digits([true, false, false, false, true]));

    [Theory]
    [InlineData(3, new[] { 0, 1, 2 })]
    [InlineData(64, null)]
    [InlineData(100, null)]
    [InlineData(int.MaxValue, null)]
    public void Neurons_are_chosen_evenly(int neurons, int[]? expected)
    {
        var chosen = LayerSpikes.Chosen(neurons);

        Assert.Equal(Math.Min(64, neurons), chosen.Count);
        Assert.Equal(expected ?? chosen, chosen);
        Assert.Equal((0, true), (chosen[0], chosen[^1] < neurons));
        var gaps = chosen.Zip(chosen.Skip(1), (before, after) => after - before).ToList();
        Assert.InRange(gaps.Max() - gaps.Min(), 0, 1);
    }

    [Fact]
    public void A_rate_is_a_share_of_neurons_averaged_over_images() =>
        Assert.Equal([0.25, 0], new LayerSpikes("sn1", 8, [6, 0], ["80", "00"]).Rates(images: 3));
}
