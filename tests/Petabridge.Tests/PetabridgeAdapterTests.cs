using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Petabridge.Tests;

/// <summary>The adapter against the stand-in: this test is Petabridge.Cmd, the client, and the node's own palettes.</summary>
public sealed class PetabridgeAdapterTests : TestKit
{
    private static readonly CommandGrammar Grammar = new(
    [
        new("job", "Jobs.",
        [
            new("start", "Start a job.", [new("file", ["-f", "--file"], "The file.", Mandatory: true, IsDefault: true), new("set", ["-s"], "Settings.", Multiple: true)]),
            new("list", "List jobs.", []),
        ]),
        new("node", "Nodes.", [new("tail", "Follow nodes.", [])]),
    ]);

    private readonly TestProbe _palettes;
    private readonly TestProbe _client;
    private readonly PetabridgeCmd _host;

    public PetabridgeAdapterTests()
    {
        (_palettes, _client) = (CreateTestProbe(), CreateTestProbe());
        PetabridgeAdapter.Register(Sys, Grammar, Props.Create(() => new Forwarding(_palettes)));
        _host = PetabridgeCmd.Get(Sys);
    }

    [Fact]
    public void Every_palette_is_registered_as_it_is_defined_and_the_host_started()
    {
        Assert.True(_host.ToldStart);
        Assert.Equal(["job", "node"], _host.ToldPalettes.Select(handler => handler.Palette.ModuleName));
        var commands = _host.ToldPalettes[0].Palette.ToldCommands;
        Assert.Equal([("start", "Start a job."), ("list", "List jobs.")], commands.Select(command => (command.Name, command.ToldDescription)));
        Assert.Equal(
            ["file The file. True False -f --file", "set Settings. False True -s"],
            commands[0].ToldArguments.Select(argument =>
                $"{argument.ToldName} {argument.ToldDescription} {argument.ToldMandatory} {argument.ToldMultiple} {string.Join(' ', argument.ToldSwitches)}"));
    }

    [Fact]
    public async Task A_command_is_done_by_the_palettes_and_answered_to_its_sender()
    {
        Give("job", new Command("start", Tuple.Create("--file", "a.conf"), Tuple.Create("-s", "a=1"), Tuple.Create("-s", "b=2")));

        var command = await _palettes.ExpectMsgAsync<PaletteCommand>();
        Assert.Equal(("job", "start"), (command.Palette, command.Command));
        Assert.Equal([new GivenArgument("file", "a.conf"), new("set", "a=1"), new("set", "b=2")], command.Arguments);
        _palettes.Reply(new PaletteResponse("started"));
        await AnsweredAsync("started", final: true);
    }

    [Fact]
    public async Task Responses_stream_until_the_final_one()
    {
        Give("node", new Command("tail"));
        await _palettes.ExpectMsgAsync<PaletteCommand>();

        _palettes.Reply(new PaletteResponse("one", Final: false));
        _palettes.Reply(new PaletteResponse("two", Final: false));
        _palettes.Reply(new PaletteResponse(""));

        await AnsweredAsync("one", final: false);
        await AnsweredAsync("two", final: false);
        Assert.Same(CommandResponse.Empty, await _client.ExpectMsgAsync<CommandResponse>());
    }

    [Fact]
    public async Task A_command_that_fails_is_answered_with_an_error()
    {
        Give("job", new Command("list"));
        await _palettes.ExpectMsgAsync<PaletteCommand>();

        _palettes.Reply(new PaletteResponse("no supervisor reachable", IsError: true));

        var error = await _client.ExpectMsgAsync<ErroredCommandResponse>();
        Assert.Equal(("no supervisor reachable", true), (error.Msg, error.Final));
    }

    [Theory]
    [InlineData(null, null, "job start: missing FILE; see `help job start`")]
    [InlineData("-f", "", "job start: FILE is empty or has characters that cannot be written; see `help job start`")]
    [InlineData("-x", "1", "job start: unknown argument -x; see `help job start`")]
    public async Task A_command_that_does_not_fit_its_definition_never_reaches_the_palettes(string? written, string? value, string refusal)
    {
        Give("job", written is null ? new Command("start") : new Command("start", Tuple.Create(written, value!)));

        Assert.Equal(refusal, (await _client.ExpectMsgAsync<ErroredCommandResponse>()).Msg);
        await _palettes.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_command_along()
    {
        Give("node", new Command("tail"));
        await _palettes.ExpectMsgAsync<PaletteCommand>();
        var relay = _palettes.LastSender;
        await WatchAsync(relay);

        Sys.Stop(_client);

        await ExpectTerminatedAsync(relay);
    }

    [Fact]
    public async Task A_palette_that_fails_is_told()
    {
        Give("job", new Command("list"));
        await _palettes.ExpectMsgAsync<PaletteCommand>();

        Sys.ActorSelection(_palettes.LastSender.Path / "*").Tell(new Forwarding.Fail());

        Assert.Equal("the command failed; the node's log says why", (await _client.ExpectMsgAsync<ErroredCommandResponse>()).Msg);
    }

    private void Give(string palette, Command command) =>
        Sys.ActorOf(_host.ToldPalettes.Single(handler => handler.Palette.ModuleName == palette).HandlerProps).Tell(command, _client);

    private async Task AnsweredAsync(string text, bool final)
    {
        var response = await _client.ExpectMsgAsync<CommandResponse>();
        Assert.Equal((text, final, false), (response.Msg, response.Final, response.IsError));
    }

    /// <summary>Has the test do what the palettes do; fails when it is told to.</summary>
    private sealed class Forwarding : ReceiveActor
    {
        public Forwarding(IActorRef test)
        {
            Receive<PaletteCommand>(test.Forward);
            Receive<Fail>(_ => throw new InvalidOperationException("on purpose"));
        }

        public sealed record Fail;
    }
}
