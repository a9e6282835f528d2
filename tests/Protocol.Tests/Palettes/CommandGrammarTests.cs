using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Protocol.Tests.Palettes;

public sealed class CommandGrammarTests
{
    private static readonly CommandGrammar Grammar = new(
    [
        new("job", "Jobs.",
        [
            new("start", "Start.",
            [
                new("file", ["-f", "--file"], "The file.", Mandatory: true, IsDefault: true),
                new("name", ["-n", "--name"], "Its name."),
                new("set", ["-s", "--set"], "Settings.", Multiple: true),
            ]),
            new("list", "List.", []),
        ]),
        new("node", "Nodes.", [new("down", "Down.", [new("address", ["-a"], "The address.", Mandatory: true)])]),
    ]);

    [Theory]
    [InlineData("job list", "")]
    [InlineData("job start a.conf", "file=a.conf")]
    [InlineData("job start -f a.conf", "file=a.conf")]
    [InlineData("job start --file a.conf -n x", "file=a.conf name=x")]
    [InlineData("job start -s a=1 a.conf -s b=2", "set=a=1 file=a.conf set=b=2")]
    [InlineData("job start a.conf -n -x-", "file=a.conf name=-x-")]
    [InlineData("node down -a 127.0.0.1:4053", "address=127.0.0.1:4053")]
    public void A_command_is_read(string line, string arguments)
    {
        var command = Grammar.Parse(CommandWords.Split(line));

        Assert.StartsWith($"{command.Palette} {command.Command}", line, StringComparison.Ordinal);
        Assert.Equal(arguments, string.Join(' ', command.Arguments.Select(argument => $"{argument.Name}={argument.Value}")));
    }

    [Theory]
    [InlineData("", "expected a palette: job, node")]
    [InlineData("jop list", "unknown palette jop; did you mean job? (there are job, node)")]
    [InlineData("xyzzy", "unknown palette xyzzy (there are job, node)")]
    [InlineData("job", "job: expected a command: start, list; see `help job`")]
    [InlineData("job lsit", "job: unknown command lsit; did you mean list? (there are start, list)")]
    [InlineData("job list all", "job list: unexpected all; see `help job list`")]
    [InlineData("job start", "job start: missing FILE; see `help job start`")]
    [InlineData("job start a.conf b.conf", "job start: FILE is given 2 times, expected once; see `help job start`")]
    [InlineData("job start a.conf -n x --name y", "job start: -n NAME is given 2 times, expected once; see `help job start`")]
    [InlineData("job start a.conf --nmae x", "job start: unknown switch --nmae; did you mean --name?; see `help job start`")]
    [InlineData("job start a.conf -n", "job start: -n expects a value: -n NAME; see `help job start`")]
    [InlineData("job start -n -f a.conf", "job start: -n expects a value: -n NAME; see `help job start`")]
    [InlineData("job start ''", "job start: FILE is empty or has characters that cannot be written; see `help job start`")]
    [InlineData("node down", "node down: missing -a ADDRESS; see `help node down`")]
    public void What_is_no_command_is_refused_in_a_line(string line, string refusal) =>
        Assert.Equal(refusal, Assert.Throws<InputException>(() => Grammar.Parse(CommandWords.Split(line))).Message);

    [Fact]
    public void A_command_from_elsewhere_is_held_against_its_definition()
    {
        PaletteCommand right = new("job", "start", [new("file", "a.conf")]);

        Assert.Same(right, Grammar.Check(right));
        Assert.Throws<InputException>(() => Grammar.Check(right with { Palette = "jobs" }));
        Assert.Throws<InputException>(() => Grammar.Check(right with { Command = "stop" }));
        Assert.Throws<InputException>(() => Grammar.Check(right with { Arguments = [] }));
        Assert.Throws<InputException>(() => Grammar.Check(right with { Arguments = [.. right.Arguments, new("colour", "red")] }));
        Assert.Throws<InputException>(() => Grammar.Check(right with { Arguments = [new("file", "a\u001b[2Jb")] }));
    }

    [Fact]
    public void What_is_repeated_in_a_refusal_is_short_and_a_single_line()
    {
        var refusal = Assert.Throws<InputException>(() => Grammar.Parse(new string('x', 60_000) + "\n", "list")).Message;

        Assert.Equal($"unknown palette {new string('x', 40)}… (there are job, node)", refusal);
        Assert.DoesNotContain('\n', Assert.Throws<InputException>(() => Grammar.Parse("a\nb")).Message);
    }

    [Fact]
    public void The_usage_says_what_may_be_left_out_and_what_repeated()
    {
        var job = Grammar.Palette("job");

        Assert.Equal("job start FILE [-n NAME] [-s SET …]", CommandGrammar.Usage(job, CommandGrammar.Command(job, "start")));
    }
}
