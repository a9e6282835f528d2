using CsCheck;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Protocol.Tests.Palettes;

public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  \t ", new string[0])]
    [InlineData("campaign  start demo", new[] { "campaign", "start", "demo" })]
    [InlineData("start 'my file.conf'", new[] { "start", "my file.conf" })]
    [InlineData("start \"my 'file'.conf\"", new[] { "start", "my 'file'.conf" })]
    [InlineData("start my\\ file.conf", new[] { "start", "my file.conf" })]
    [InlineData("-s a=\"b c\"d", new[] { "-s", "a=b cd" })]
    [InlineData("''", new[] { "" })]
    public void A_line_is_split_as_shells_do(string line, string[] words) => Assert.Equal(words, CommandWords.Split(line));

    [Theory]
    [InlineData("start 'my file")]
    [InlineData("\"")]
    public void A_quote_that_is_not_closed_is_refused(string line) =>
        Assert.Equal("a quote is not closed", Assert.Throws<InputException>(() => CommandWords.Split(line)).Message);

    [Theory]
    [InlineData("", new string[0], "")]
    [InlineData("camp", new string[0], "camp")]
    [InlineData("campaign ", new[] { "campaign" }, "")]
    [InlineData("campaign st", new[] { "campaign" }, "st")]
    [InlineData("start 'my fi", new[] { "start" }, "my fi")]
    public void The_word_under_way_is_told_apart(string line, string[] before, string last) =>
        Assert.Equal((before, last), CommandWords.SplitUnfinished(line), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2);

    [Fact]
    public void What_is_quoted_is_one_word_again() =>
        Gen.String.Sample(word => Assert.Equal([word], CommandWords.Split(CommandWords.Quote(word))));
}
