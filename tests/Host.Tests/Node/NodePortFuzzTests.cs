using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Host.Tests.Commands;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Tests.Node;

/// <summary>The port at which nodes talk to each other, under attack while two of them do.</summary>
[Collection(MemoryTests.Name)]
public sealed class NodePortFuzzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_minute_of_nonsense_breaks_nothing_between_nodes()
    {
        var duration = TimeSpan.FromSeconds(60);
        var first = Start();
        var second = Start(first.Address);
        try
        {
            await BothAreUpAsync(second);
            var port = IPEndPoint.Parse(first.Address);
            var samples = await SamplesAsync(port);
            var memory = GC.GetTotalMemory(forceFullCollection: true);
            var fuzzer = new PortFuzzer(port, samples, seed: 3407);

            await fuzzer.RunAsync(duration);

            TestContext.Current.TestOutputHelper?.WriteLine($"{fuzzer.Attacks} connections");
            Assert.True(fuzzer.Attacks > 20 * duration.TotalSeconds, $"only {fuzzer.Attacks} connections");
            await BothAreUpAsync(first);
            await BothAreUpAsync(second);
            // Asked through the other node: the two still talk.
            Assert.Empty((await second.Campaigns.Ask<CampaignList>(new ListCampaigns(), TimeSpan.FromSeconds(20))).Campaigns);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 128L << 20);
        }
        finally
        {
            await Task.WhenAll(second.System.Terminate(), first.System.Terminate());
        }
    }

    private NodeSystem Start(params string[] seeds) => NodeSystem.Start(
        new NodeSettings { Port = 0, SeedNodes = seeds, Roles = [NodeRole.Supervisor], Campaigns = _folder });

    private static async Task BothAreUpAsync(NodeSystem node)
    {
        var cluster = Akka.Cluster.Cluster.Get(node.System);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (cluster.State.Members.Count(member => member.Status == Akka.Cluster.MemberStatus.Up) != 2 || cluster.State.Unreachable.Count != 0)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>What a genuine node says first, and lengths before nothing or too little of it.</summary>
    private static async Task<byte[][]> SamplesAsync(IPEndPoint port)
    {
        var hello = await HelloAsync(port);
        var claimsMuch = hello.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(claimsMuch, int.MaxValue);
        var claimsLess = hello.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(claimsLess, 1);
        return [hello, claimsMuch, claimsLess, new byte[64], [.. hello, .. hello]];
    }

    /// <summary>Has a genuine peer call a listener of ours by the attacked node's address, as if it stood there, and listens.</summary>
    private static async Task<byte[]> HelloAsync(IPEndPoint port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = ActorSystem.Create("spiketrail", ConfigurationFactory.ParseString("""
            akka {
              loggers = []
              stdout-loglevel = OFF
              actor.provider = remote
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            }
            """));
        try
        {
            peer.ActorSelection($"akka.tcp://spiketrail@{listener.LocalEndpoint}/user/anybody").Tell("hello");
            using var caller = await listener.AcceptTcpClientAsync();
            var heard = new byte[4096];
            var length = await caller.GetStream().ReadAsync(heard);
            // The address called is in it: the attacked node must find its own.
            var text = System.Text.Encoding.Latin1.GetString(heard, 0, length);
            var own = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
            return own.Length == $"{port.Port}".Length ? System.Text.Encoding.Latin1.GetBytes(text.Replace(own, $"{port.Port}", StringComparison.Ordinal)) : heard[..length];
        }
        finally
        {
            await peer.Terminate();
        }
    }
}
