using Akka.Actor;
using SpikeTrail.Host.Cli;
using SpikeTrail.Host.Commands;
using SpikeTrail.Host.Tests.Commands;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Cli;

public sealed class CommandSessionTests : ServerTest
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private readonly StringWriter _errors = new() { NewLine = "\n" };

    [Fact]
    public async Task What_is_answered_is_printed()
    {
        Answer = (_, client) =>
        {
            client.Tell(new PaletteResponse("one\n  two", Final: false));
            client.Tell(new PaletteResponse(""));
        };

        Assert.Equal(ExitCode.Done, await RunAsync("campaign list"));
        Assert.Equal(("one\n  two\n", ""), Printed());
    }

    [Fact]
    public async Task What_fails_goes_to_standard_error_and_the_exit_code_says_so()
    {
        Answer = (_, client) => client.Tell(new PaletteResponse("demo is not paused", IsError: true));

        Assert.Equal(ExitCode.Failed, await RunAsync("campaign resume demo"));
        Assert.Equal(("", "error: demo is not paused\n"), Printed());
    }

    [Fact]
    public async Task What_a_node_finds_wrong_with_a_command_or_its_file_is_exit_code_2()
    {
        Answer = (_, client) => client.Tell(PaletteResponse.Refusing(new InputException("demo.conf: campaign.epochs: unknown key")));

        Assert.Equal(ExitCode.BadInput, await RunAsync("campaign start demo.conf"));
        Assert.Equal(("", "error: demo.conf: campaign.epochs: unknown key\n"), Printed());
    }

    [Theory]
    [InlineData("campain list", "error: unknown palette campain; did you mean campaign? (there are campaign, pipeline, device, cluster)\n")]
    [InlineData("campaign status", "error: campaign status: missing CAMPAIGN; see `help campaign status`\n")]
    [InlineData("help campain", "error: unknown palette campain; did you mean campaign? (there are campaign, pipeline, device, cluster)\n")]
    public async Task Wrong_use_is_a_line_and_exit_code_2(string line, string error)
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync(line));
        Assert.Equal(("", error), Printed());
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_a_line()
    {
        var session = new CommandSession(new CommandClient(new("127.0.0.1", 1), new()), _output, _errors);

        Assert.Equal(ExitCode.Failed, await session.RunAsync(["campaign", "list"], default));
        Assert.Equal("error: nothing listens at 127.0.0.1:1: is a node running? `spiketrail node` starts one\n", _errors.ToString());
    }

    [Fact]
    public async Task A_node_moves_no_cursor_here()
    {
        Answer = (_, client) => client.Tell(new PaletteResponse("a\u001b[2J\r\n\u0085b"));

        await RunAsync("campaign list");

        Assert.Equal("a?[2J?\n?b\n", _output.ToString());
    }

    [Fact]
    public async Task A_file_that_is_seen_from_here_is_given_with_its_whole_path()
    {
        string? given = null;
        Answer = (command, client) =>
        {
            given = command.Arguments[0].Value;
            client.Tell(new PaletteResponse(""));
        };
        var seen = Path.GetRelativePath(Environment.CurrentDirectory, typeof(CommandSession).Assembly.Location);

        await RunAsync($"campaign start {seen}");
        Assert.Equal(Path.GetFullPath(seen), given);

        await RunAsync("campaign start demo");
        Assert.Equal("demo", given);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_command_that_has_no_end()
    {
        Answer = (_, client) => client.Tell(new PaletteResponse("one", Final: false));
        using var interruption = new CancellationTokenSource();
        var run = Session().RunAsync(["campaign", "tail", "demo"], interruption.Token);
        await AwaitConditionAsync(() => Task.FromResult(_output.ToString() == "one\n"));

        await interruption.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, await run);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_a_command_that_has_no_end()
    {
        Answer = (_, client) => client.Tell(new PaletteResponse("one", Final: false));

        Assert.Equal(ExitCode.Done, await new CommandSession(ClientOf(Start()), new LeftPipe(), _errors).RunInterruptiblyAsync(["campaign", "tail", "demo"]));
    }

    [Fact]
    public async Task Lines_are_done_one_after_the_other_until_one_fails()
    {
        Answer = (command, client) => client.Tell(new PaletteResponse(command.Command, IsError: command.Command == "pause"));

        Assert.Equal(ExitCode.Done, await Session().RunAllAsync(new StringReader("campaign list\n\n  # a remark\ncampaign status demo\nexit\nnonsense")));
        Assert.Equal(ExitCode.Failed, await Session().RunAllAsync(new StringReader("campaign pause demo\ncampaign list")));
        Assert.Equal(ExitCode.BadInput, await Session().RunAllAsync(new StringReader("nonsense\ncampaign list")));
        Assert.Equal("list\nstatus\n", _output.ToString());
    }

    [Fact]
    public async Task Help_needs_no_node()
    {
        var session = new CommandSession(new CommandClient(new("127.0.0.1", 1), new()), _output, _errors);

        Assert.Equal(ExitCode.Done, await session.RunAsync(["help", "cluster", "down"], default));
        Assert.StartsWith("cluster down -a ADDRESS\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cmd", "cmd")]
    [InlineData("cmd campaign list", "cmd -- campaign list")]
    [InlineData("cmd 127.0.0.1:9111 campaign list", "cmd 127.0.0.1:9111 -- campaign list")]
    [InlineData("cmd --secret-file s --tls host:1 campaign start demo -n x", "cmd --secret-file s --tls host:1 -- campaign start demo -n x")]
    [InlineData("cmd host:1 --ca c campaign list --help", "cmd host:1 --ca c -- campaign list --help")]
    [InlineData("cmd --help", "cmd --help")]
    [InlineData("run x --out y", "run x --out y")]
    public void The_nodes_command_is_told_apart_from_this_programs_options(string given, string marked) =>
        Assert.Equal(marked, string.Join(' ', CmdCommand.MarkNodesCommand(given.Split(' '))));

    /// <summary>A pipe whose reader has left.</summary>
    private sealed class LeftPipe : StringWriter
    {
        public override Task WriteLineAsync(string? value) => throw new IOException("Broken pipe");
    }

    private Task<int> RunAsync(string line) => Session().RunAsync(CommandWords.Split(line), default);

    private CommandSession Session() => new(ClientOf(Start()), _output, _errors);

    private (string Output, string Errors) Printed() => (_output.ToString(), _errors.ToString());
}
