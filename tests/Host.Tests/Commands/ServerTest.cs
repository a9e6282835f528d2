using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.TestKit.Xunit;
using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Commands;

/// <summary>A command server on loopback, before an actor that answers every command with <see cref="Answer"/>.</summary>
public abstract class ServerTest : TestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected static readonly PaletteCommand ListCampaigns = new("campaign", "list", []);

    private readonly List<CommandServer> _servers = [];

    protected ServerTest()
        : base("akka.loglevel = DEBUG")
    {
    }

    /// <summary>What a command is answered, by whoever it is told to.</summary>
    private protected Action<PaletteCommand, IActorRef> Answer { get; set; } = (command, client) => client.Tell(new PaletteResponse($"{command.Palette} {command.Command}"));

    private protected CommandServer Start(CommandEndpoint? endpoint = null, CommandLimits? limits = null)
    {
        var server = CommandServer.Start(Sys, Props.Create(() => new Answering(this)), endpoint ?? new("127.0.0.1", 0), limits);
        _servers.Add(server);
        return server;
    }

    private protected static CommandClient ClientOf(CommandServer server, ClientSecurity? security = null) =>
        new(new CommandAddress($"{server.Address.Address}", server.Address.Port), security ?? new());

    /// <summary>Gives a command as the program does.</summary>
    private protected static async Task<List<PaletteResponse>> GiveAsync(CommandServer server, PaletteCommand command, ClientSecurity? security = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var responses = new List<PaletteResponse>();
        await foreach (var response in ClientOf(server, security).RunAsync(command, patience.Token))
        {
            responses.Add(response);
        }

        return responses;
    }

    /// <summary>Sends bytes and returns all that comes back until the server closes the connection.</summary>
    protected static async Task<string> SendAsync(IPEndPoint address, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address, patience.Token);
        var heard = new MemoryStream();
        try
        {
            await client.GetStream().WriteAsync(bytes, patience.Token);
            await client.GetStream().CopyToAsync(heard, patience.Token);
        }
        catch (IOException)
        {
            // The server may close before it has read everything: the connection is then reset.
        }

        return Encoding.UTF8.GetString(heard.ToArray());
    }

    protected override void AfterAll()
    {
        foreach (var server in _servers)
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.AfterAll();
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering(ServerTest test) => Receive<PaletteCommand>(command => test.Answer(command, Sender));
    }
}
