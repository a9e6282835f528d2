using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Event;
using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Commands;

public sealed class CommandServerTests : ServerTest
{
    [Fact]
    public async Task A_command_arrives_as_it_was_given()
    {
        PaletteCommand? arrived = null;
        Answer = (command, client) =>
        {
            arrived = command;
            client.Tell(new PaletteResponse("„Grüße“\n\t\"1\""));
        };
        PaletteCommand given = new("campaign", "start", [new("file", "/tmp/ä b.conf"), new("set", "a=\"1\""), new("set", "b=2")]);

        Assert.Equal([new PaletteResponse("„Grüße“\n\t\"1\"")], await GiveAsync(Start(), given));
        Assert.Equal((given.Palette, given.Command), (arrived!.Palette, arrived.Command));
        Assert.Equal(given.Arguments, arrived.Arguments);
    }

    [Fact]
    public async Task Responses_come_in_order_until_the_final_one()
    {
        Answer = (_, client) =>
        {
            client.Tell(new PaletteResponse("one", Final: false));
            client.Tell(new PaletteResponse("two", Final: false, IsError: true));
            client.Tell(new PaletteResponse("three"));
        };

        Assert.Equal(
            [new PaletteResponse("one", Final: false), new PaletteResponse("two", Final: false, IsError: true), new PaletteResponse("three")],
            await GiveAsync(Start(), ListCampaigns));
    }

    [Fact]
    public async Task A_response_longer_than_a_line_may_be_comes_in_pieces()
    {
        var lines = Enumerable.Range(0, 5_000).Select(i => $"{i} \u0001 \u20ac 0123456789").ToList();
        var oneLine = string.Concat(Enumerable.Repeat("\ud83e\udde0", 50_000));
        Answer = (command, client) => client.Tell(new PaletteResponse(command.Command == "list" ? string.Join('\n', lines) : oneLine));
        var server = Start();

        Assert.Equal(lines, (await GiveAsync(server, ListCampaigns)).SelectMany(response => response.Text.Split('\n')));
        Assert.Equal(oneLine, string.Concat((await GiveAsync(server, ListCampaigns with { Command = "status" })).Select(response => response.Text)));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_command()
    {
        var asked = new TaskCompletionSource<IActorRef>();
        Answer = (_, client) => asked.SetResult(client);
        using var leaving = new CancellationTokenSource();
        var given = GiveUntilAsync(Start(), leaving.Token);
        await WatchAsync(await asked.Task);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await ExpectMsgAsync<Terminated>(Patience);
    }

    [Fact]
    public async Task A_palette_that_fails_ends_its_command_with_an_error()
    {
        Answer = (_, _) => throw new InvalidOperationException("on purpose");
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        var response = Assert.Single(await GiveAsync(Start(), ListCampaigns));

        Assert.True(response is { Final: true, IsError: true });
    }

    [Fact]
    public async Task A_server_that_ends_tells_those_who_wait()
    {
        var asked = new TaskCompletionSource();
        Answer = (_, client) =>
        {
            client.Tell(new PaletteResponse("one", Final: false));
            asked.SetResult();
        };
        var server = Start();
        var given = GiveAsync(server, ListCampaigns);
        await asked.Task;

        await server.DisposeAsync();

        Assert.Equal(new PaletteResponse("the node ends", IsError: true), (await given)[^1]);
        await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "that is no CommandRequest")]
    [InlineData("\n", "that is no CommandRequest")]
    [InlineData("null\n", "that says null")]
    [InlineData("[]\n", "that is no CommandRequest")]
    [InlineData("{}\n", "that is no CommandRequest")]
    [InlineData("""{"proof":null,"command":null}""" + "\n", "that is no CommandRequest")]
    [InlineData("""{"proof":null,"command":{"palette":null,"command":"list","arguments":[]}}""" + "\n", "that is no CommandRequest")]
    [InlineData("""{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[null]}}""" + "\n", "that is no CommandRequest")]
    [InlineData("""{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[{"name":null,"value":"x"}]}}""" + "\n", "that is no CommandRequest")]
    [InlineData("""{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[{"name":"x"}]}}""" + "\n", "that is no CommandRequest")]
    [InlineData("""{"$type":"System.Diagnostics.Process","proof":null,"command":{"palette":"campaign","command":"list","arguments":[]}}""" + "\n", "that is no CommandRequest")]
    public async Task What_is_no_command_is_refused_and_logged(string sent, string refusal)
    {
        var server = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        var heard = await SendAsync(server.Address, Encoding.UTF8.GetBytes(sent));

        Assert.Contains($"expected a command, found a line {refusal}", heard, StringComparison.Ordinal);
        Assert.Contains("refused: a line", $"{(await ExpectMsgAsync<Warning>(Patience)).Message}", StringComparison.Ordinal);
        await WorksAsync(server);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused_once_it_is_too_long()
    {
        var server = Start();

        var heard = await SendAsync(server.Address, [.. Enumerable.Repeat((byte)'x', 1_000_000)]);

        // Nothing else is promised to one who still sends: the connection may be reset before the refusal is read.
        Assert.DoesNotContain("final\":true,\"is-error\":false", heard, StringComparison.Ordinal);
        await WorksAsync(server);
    }

    [Fact]
    public async Task What_is_nested_too_deeply_or_is_no_text_is_refused()
    {
        var server = Start();

        Assert.Contains("no CommandRequest", await SendAsync(server.Address, [.. Enumerable.Repeat((byte)'[', 60_000), (byte)'\n']), StringComparison.Ordinal);
        Assert.Contains("no CommandRequest", await SendAsync(server.Address, [.. "{\"proof\":\""u8, 0xff, 0xfe, .. "\",\"command\":null}\n"u8]), StringComparison.Ordinal);
        await WorksAsync(server);
    }

    [Fact]
    public async Task A_second_command_on_a_connection_ends_it()
    {
        Answer = (_, client) => client.Tell(new PaletteResponse("one", Final: false));
        var server = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        const string command = """{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[]}}""" + "\n";

        await SendAsync(server.Address, Encoding.UTF8.GetBytes(command + command));

        Assert.EndsWith("refused: more than one command", $"{(await ExpectMsgAsync<Warning>(Patience)).Message}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_command_is_waited_for_no_longer_than_it_may_take()
    {
        var server = Start(limits: new() { Request = TimeSpan.FromMilliseconds(200) });
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        await SendAsync(server.Address, "{\"proof\":null,"u8.ToArray());

        Assert.EndsWith("no whole command in time", $"{(await ExpectMsgAsync<Warning>(Patience)).Message}", StringComparison.Ordinal);
        await WorksAsync(server);
    }

    [Fact]
    public async Task A_command_may_take_longer_than_its_line()
    {
        Answer = (_, client) => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(600), client, new PaletteResponse("late"), ActorRefs.NoSender);

        Assert.Equal([new PaletteResponse("late")], await GiveAsync(Start(limits: new() { Request = TimeSpan.FromMilliseconds(300) }), ListCampaigns));
    }

    [Fact]
    public async Task One_connection_too_many_is_turned_away_until_another_ends()
    {
        var server = Start(limits: new() { Connections = 4 });
        var held = new List<TcpClient>();
        foreach (var _ in Enumerable.Range(0, 4))
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.Address);
            // Once it is greeted, it is counted.
            await client.GetStream().ReadExactlyAsync(new byte[1]);
            held.Add(client);
        }

        var refusal = await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns));
        held.ForEach(client => client.Dispose());

        Assert.EndsWith(": too many connections; try again later", refusal.Message, StringComparison.Ordinal);
        await AwaitAssertAsync(() => WorksAsync(server), Patience);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_let_go()
    {
        var asked = new TaskCompletionSource<IActorRef>();
        Answer = (_, client) =>
        {
            foreach (var i in Enumerable.Range(0, 20_000))
            {
                client.Tell(new PaletteResponse(new string('x', 5_000), Final: false));
            }

            asked.SetResult(client);
        };
        var server = Start();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("""{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[]}}""" + "\n"));

        await WatchAsync(await asked.Task);

        await ExpectMsgAsync<Terminated>(Patience);
    }

    [Fact]
    public async Task Without_the_secret_nothing_is_done_and_the_attempt_is_logged()
    {
        var server = Start(Guarded(), new() { WrongSecret = TimeSpan.FromMilliseconds(100) });
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        var none = await Assert.ThrowsAsync<CommandConnectionException>(() => GiveAsync(server, ListCampaigns));
        var wrong = await GiveAsync(server, ListCampaigns, new() { Secret = new("another secret altogether") });
        var right = await GiveAsync(server, ListCampaigns, new() { Secret = new("a secret for this test") });

        Assert.EndsWith(" asks for its secret: give it with --secret-file FILE", none.Message, StringComparison.Ordinal);
        Assert.Equal([new PaletteResponse("the secret is wrong", IsError: true)], wrong);
        Assert.EndsWith(": wrong secret", $"{(await ExpectMsgAsync<Warning>(Patience)).Message}", StringComparison.Ordinal);
        Assert.Equal([new PaletteResponse("campaign list")], right);
    }

    [Fact]
    public async Task A_proof_is_good_for_one_connection()
    {
        var server = Start(Guarded(), new() { WrongSecret = TimeSpan.Zero });
        var proof = new SharedSecret("a secret for this test").Prove(SharedSecret.NewChallenge());

        var heard = await SendAsync(server.Address, Encoding.UTF8.GetBytes($$$"""{"proof":"{{{proof}}}","command":{"palette":"campaign","command":"list","arguments":[]}}""" + "\n"));

        Assert.Contains("the secret is wrong", heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void A_server_that_others_can_reach_needs_protection(string host)
    {
        var refusal = Assert.Throws<InputException>(() => Start(new(host, 0)));

        Assert.StartsWith($"spiketrail.commands.host: {host} can be reached from other machines", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("spiketrail.commands.secret-file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        var first = Start();

        var refusal = Assert.Throws<InputException>(() => Start(new("127.0.0.1", first.Address.Port)));

        Assert.StartsWith($"cannot listen for commands at 127.0.0.1:{first.Address.Port}: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("--commands, or spiketrail.commands.port, chooses another port, 0 any", refusal.Message, StringComparison.Ordinal);
    }

    private static CommandEndpoint Guarded() => new("127.0.0.1", 0) { Secret = new("a secret for this test") };

    private static async Task WorksAsync(CommandServer server) =>
        Assert.Equal([new PaletteResponse("campaign list")], await GiveAsync(server, ListCampaigns));

    private static async Task GiveUntilAsync(CommandServer server, CancellationToken cancellation)
    {
        await foreach (var _ in ClientOf(server).RunAsync(ListCampaigns, cancellation))
        {
        }
    }
}
