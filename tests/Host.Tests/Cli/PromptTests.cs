using SpikeTrail.Host.Cli.Prompt;
using SpikeTrail.Host.Palettes;

namespace SpikeTrail.Host.Tests.Cli;

public sealed class PromptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-prompt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "campaign cluster device exit help pipeline")]
    [InlineData("c", "campaign cluster")]
    [InlineData("campaign re", "report resume retry")]
    [InlineData("campaign start demo -", "--name --scale --set -n -s -x")]
    [InlineData("campaign start demo -n x --", "--scale --set")]
    [InlineData("campaign start demo -s a=1 --s", "--scale --set")]
    [InlineData("campaign start -n ", "")]
    [InlineData("help c", "campaign cluster")]
    [InlineData("help cluster l", "leader leave")]
    [InlineData("help cluster leave ", "")]
    [InlineData("nonsense ", "")]
    [InlineData("nonsense nonsense -", "")]
    public void Tab_offers_what_may_stand_there(string line, string choices) =>
        Assert.Equal(choices, string.Join(' ', CommandCompletion.Of(PaletteCatalog.Grammar, line)));

    [Fact]
    public void Tab_offers_files_where_one_is_expected()
    {
        File.WriteAllText(Path.Combine(_folder, "one.conf"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "others"));

        Assert.Equal([$"{_folder}/one.conf", $"{_folder}/others/"], CommandCompletion.Of(PaletteCatalog.Grammar, $"campaign start {_folder}/o"));
        Assert.Equal([$"{_folder}/one.conf"], CommandCompletion.Of(PaletteCatalog.Grammar, $"campaign start -n x -f {_folder}/on"));
        Assert.Empty(CommandCompletion.Of(PaletteCatalog.Grammar, $"campaign start {_folder}/one.conf {_folder}/o"));
        Assert.Empty(CommandCompletion.Of(PaletteCatalog.Grammar, "campaign start /nowhere/at/all/"));
    }

    [Theory]
    [InlineData("cam", "campaign ", "")]
    [InlineData("c", "c", "campaign cluster")]
    [InlineData("campaign re", "campaign re", "report resume retry")]
    [InlineData("campaign ret", "campaign retry ", "")]
    [InlineData("xyz", "xyz", "")]
    public void Tab_writes_what_is_certain_and_shows_what_is_not(string line, string written, string choices)
    {
        var completion = Complete(EditedLine.Of(line));

        Assert.Equal((EditedLine.Of(written), choices), (completion.Line, string.Join(' ', completion.Choices)));
    }

    [Fact]
    public void Tab_in_the_middle_leaves_the_rest()
    {
        var completion = Complete(new EditedLine("cam list", 3));

        Assert.Equal(new EditedLine("campaign  list", 9), completion.Line);
    }

    [Theory]
    [InlineData("", "abc", "abc|")]
    [InlineData("ab|", "\b", "a|")]
    [InlineData("|ab", "\b", "|ab")]
    [InlineData("a|b", "x", "ax|b")]
    public void Letters_are_typed_where_the_cursor_is(string before, string typed, string after) =>
        Assert.Equal(Line(after), typed.Aggregate(Line(before), (line, letter) => line.After(letter == '\b'
            ? new('\b', ConsoleKey.Backspace, shift: false, alt: false, control: false)
            : new(letter, ConsoleKey.None, shift: false, alt: false, control: false))));

    [Theory]
    [InlineData("ab|c", ConsoleKey.LeftArrow, false, "a|bc")]
    [InlineData("|abc", ConsoleKey.LeftArrow, false, "|abc")]
    [InlineData("ab|c", ConsoleKey.RightArrow, false, "abc|")]
    [InlineData("ab|c", ConsoleKey.Home, false, "|abc")]
    [InlineData("ab|c", ConsoleKey.End, false, "abc|")]
    [InlineData("ab|c", ConsoleKey.A, true, "|abc")]
    [InlineData("ab|c", ConsoleKey.E, true, "abc|")]
    [InlineData("ab|c", ConsoleKey.K, true, "ab|")]
    [InlineData("ab|c", ConsoleKey.U, true, "|c")]
    [InlineData("one two |three", ConsoleKey.W, true, "one |three")]
    [InlineData("|abc", ConsoleKey.W, true, "|abc")]
    [InlineData("ab|c", ConsoleKey.Delete, false, "ab|")]
    [InlineData("abc|", ConsoleKey.Delete, false, "abc|")]
    [InlineData("abc|", ConsoleKey.F5, false, "abc|")]
    public void Keys_edit_as_in_a_shell(string before, ConsoleKey key, bool control, string after) =>
        Assert.Equal(Line(after), Line(before).After(new('\0', key, shift: false, alt: false, control)));

    private static LineCompletion Complete(EditedLine line) => LineCompletion.Of(line, text => CommandCompletion.Of(PaletteCatalog.Grammar, text));

    private static EditedLine Line(string text) => new(text.Replace("|", "", StringComparison.Ordinal), Math.Max(0, text.IndexOf('|')));
}
