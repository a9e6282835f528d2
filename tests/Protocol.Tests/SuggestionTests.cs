namespace SpikeTrail.Protocol.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("depth", "depth", 0)]
    [InlineData("dpeth", "depth", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_inserted_deleted_replaced_and_swapped_letters(string from, string to, int distance) =>
        Assert.Equal(distance, Suggestion.Distance(from, to));

    [Theory]
    [InlineData("sew-resnt", "sew-resnet")]
    [InlineData("spikingresnet", "spiking-resnet")]
    [InlineData("vgg", null)]
    public void The_nearest_name_is_suggested_unless_none_is_near(string typed, string? expected) =>
        Assert.Equal(expected, Suggestion.For(typed, ["sew-resnet", "spiking-resnet"]));

    [Fact]
    public void The_end_of_a_message_asks_or_says_nothing()
    {
        Assert.Equal("; did you mean pgd?", Suggestion.Ask("pdg", ["fgsm", "pgd"]));
        Assert.Equal("", Suggestion.Ask("carlini-wagner", ["fgsm", "pgd"]));
    }
}
