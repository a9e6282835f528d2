using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit;
using SpikeTrail.Host.Commands;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Commands;

/// <summary>The command port, with the real palettes behind it, under attack.</summary>
[Collection(MemoryTests.Name)]
public sealed class CommandPortFuzzTests : TestKit
{
    private static readonly byte[][] Samples =
    [
        .. new[]
        {
            """{"proof":null,"command":{"palette":"campaign","command":"list","arguments":[]}}""",
            """{"proof":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","command":{"palette":"campaign","command":"status","arguments":[{"name":"campaign","value":"demo"}]}}""",
            """{"proof":null,"command":{"palette":"campaign","command":"start","arguments":[{"name":"file","value":"demo"},{"name":"key=value","value":"campaign.training.epochs=3"},{"name":"name","value":"x"}]}}""",
            """{"proof":null,"command":{"palette":"campaign","command":"report","arguments":[{"name":"campaign","value":"../../../etc/passwd"}]}}""",
            """{"proof":null,"command":{"palette":"campaign","command":"tail","arguments":[{"name":"campaign","value":"demo"}]}}""",
            """{"proof":null,"command":{"palette":"pipeline","command":"move","arguments":[{"name":"pipeline","value":"demo-1"},{"name":"device","value":"127.0.0.1:4053/cpu"},{"name":"group","value":"1"}]}}""",
            """{"proof":null,"command":{"palette":"cluster","command":"down","arguments":[{"name":"address","value":"127.0.0.1:4053"}]}}""",
        }.Select(line => Encoding.UTF8.GetBytes(line + "\n")),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-fuzz-").FullName;

    public CommandPortFuzzTests()
        : base("akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }")
    {
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Nonsense_breaks_nothing(bool secret) => HoldOutAsync(TimeSpan.FromSeconds(1), secret);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_minute_of_nonsense_breaks_nothing(bool secret) => HoldOutAsync(TimeSpan.FromSeconds(60), secret);

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task HoldOutAsync(TimeSpan duration, bool withSecret)
    {
        var secret = withSecret ? new SharedSecret("a secret for this test") : null;
        var failures = CreateTestProbe();
        Sys.EventStream.Subscribe(failures, typeof(Error));
        var registry = Sys.ActorOf(Props.Create(() => new Refusing()));
        await using var server = CommandServer.Start(
            Sys,
            PaletteActor.Props(new PaletteContext(Sys, registry, _folder)),
            new("127.0.0.1", 0) { Secret = secret },
            new() { Request = TimeSpan.FromSeconds(1), WrongSecret = TimeSpan.FromMilliseconds(50) });
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var fuzzer = new PortFuzzer(server.Address, Samples, seed: 3407);

        await fuzzer.RunAsync(duration);

        TestContext.Current.TestOutputHelper?.WriteLine($"{fuzzer.Attacks} connections");
        Assert.True(fuzzer.Attacks > 20 * duration.TotalSeconds, $"only {fuzzer.Attacks} connections");
        // Whoever comes now is served, and what the attackers left behind is cleared away.
        await AwaitAssertAsync(
            async () =>
            {
                var client = new CommandClient(new("127.0.0.1", server.Address.Port), new() { Secret = secret });
                var responses = new List<PaletteResponse>();
                await foreach (var response in client.RunAsync(new("campaign", "list", []), CancellationToken.None))
                {
                    responses.Add(response);
                }

                Assert.Equal([new PaletteResponse("refused on purpose", IsError: true)], responses);
                Assert.Equal(0, server.Connections);
            },
            TimeSpan.FromSeconds(15));
        await failures.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 64L << 20);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    /// <summary>A registry that does nothing for anybody.</summary>
    private sealed class Refusing : ReceiveActor
    {
        public Refusing() => Receive<ICampaignRequest>(_ => Sender.Tell(new RequestRefused("refused on purpose")));
    }
}
