using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class HoconSyntaxTests
{
    [Theory]
    [InlineData("campaign {\n  name = a\n", "tiny.conf line 1: this { is never closed")]
    [InlineData("campaign {\n  training {\n    epochs = 1\n", "tiny.conf line 2: this { is never closed")]
    [InlineData("campaign {\n}\n}\n", "tiny.conf line 3: this } closes nothing")]
    [InlineData("campaign {\n  seeds = [1, 2\n}", "tiny.conf line 2: this [ is never closed")]
    [InlineData("campaign {\n  seeds = [1, 2", "tiny.conf line 2: this [ is never closed")]
    [InlineData("campaign {\n  seeds = [1]]\n}", "tiny.conf line 2: expected a key, found ]")]
    [InlineData("campaign {\n  name = \"a\n}", "tiny.conf line 2: this \" is never closed")]
    [InlineData("campaign {\n  name = \"\"\"a\n}", "tiny.conf line 2: this \"\"\" is never closed")]
    [InlineData("campaign {\n  name = ${a\n", "tiny.conf line 2: expected a key path and } after ${")]
    [InlineData("campaign {\n  name\n}", "tiny.conf line 2: expected = or { after name")]
    [InlineData("campaign {\n  seeds += 1\n}", "tiny.conf line 2: expected a key, found seeds +")]
    [InlineData("campaign. { }", "tiny.conf line 1: expected a key, found campaign.")]
    [InlineData("campaign {\n  name =\n}", "tiny.conf line 2: expected a value after name =")]
    [InlineData("campaign {\n  = 3\n}", "tiny.conf line 2: expected a key, found =")]
    [InlineData("campaign {\n  name = a depth = 3\n}", "tiny.conf line 2: found = inside a value: put the value in quotes, or start a new line")]
    [InlineData("pipeline.devices = [cuda:0]", "tiny.conf line 1: found : inside a value: put the value in quotes, or start a new line")]
    [InlineData("include \"other.conf\"", "tiny.conf line 1: include is not supported: a configuration is one file")]
    [InlineData("a { b = 1 }\nc = ${a} { b = 2 }", "tiny.conf line 2: a section cannot follow a substitution: write its keys out")]
    [InlineData("a { b = 1 }, c = 2", "tiny.conf line 1: a comma can follow a section only if = stands before its {: a = { … },")]
    [InlineData("a = ${?HOME}", "tiny.conf line 1: optional substitutions ${?…} are not supported")]
    [InlineData("a = 1\nb = ${nope}", "tiny.conf line 2: Unresolved substitution: nope")]
    [InlineData("a = ${b}\nb = ${a}", "tiny.conf: A substitution leads back to itself")]
    [InlineData("a = 1\nb = x@y", "tiny.conf line 2: found @ outside quotes: put the text in quotes")]
    [InlineData("a = [$x]", "tiny.conf line 1: found $ outside quotes: put the text in quotes")]
    [InlineData("a = x [1]", "tiny.conf: A value mixes text with a section or a list")]
    public void What_is_not_HOCON_is_refused_with_its_line(string text, string message) =>
        Assert.Equal(message, CampaignText.RefusalOf(text));

    [Fact]
    public void A_file_cut_off_or_damaged_anywhere_is_read_or_refused_in_one_line()
    {
        // Comments cannot be damaged; without them this takes a second instead of five.
        var demo = string.Join('\n', BundledConfiguration.Read("hocon/campaigns/demo.conf").Split('\n').Where(line => !line.TrimStart().StartsWith('#')));
        for (var position = 0; position < demo.Length; position++)
        {
            ReadOrRefuse(demo[..position]);
            ReadOrRefuse(demo.Remove(position, 1));
            foreach (var mark in "{}[]=\"$,.")
            {
                ReadOrRefuse(demo.Insert(position, mark.ToString()));
            }
        }
    }

    private static void ReadOrRefuse(string text)
    {
        try
        {
            CampaignText.Parse(text);
        }
        catch (InputException refusal)
        {
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }
}
