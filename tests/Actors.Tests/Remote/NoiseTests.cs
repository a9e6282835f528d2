using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>
/// Strangers who send nonsense to the port of a node which is at work with another: noise, frames that claim to be huge or
/// negative, frames of which half is sent, and a true node's introduction with bytes changed.
/// </summary>
public sealed class NoiseTests() : PipelineTest(OtherNode.Configuration)
{
    private const int Strangers = 4;
    private const int HalfSentAtATime = 20;
    private const int MaximumFrame = 4 << 20;

    // Some hundred connections a second in all: this is about nonsense, not about sheer numbers.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // What strangers may cost while they are there, and what may be left of them.
    private const long PeakBound = 512L << 20;
    private const long RestBound = 32L << 20;

    private static readonly byte[] HalfAFrame = new byte[MaximumFrame / 2];

    [Fact]
    public Task Nonsense_for_three_seconds_disturbs_nobody() => DisturbsNobodyAsync(TimeSpan.FromSeconds(3));

    [Fact]
    [Trait("Category", "Slow")]
    public Task Nonsense_for_a_minute_disturbs_nobody() => DisturbsNobodyAsync(TimeSpan.FromSeconds(60));

    private async Task DisturbsNobodyAsync(TimeSpan duration)
    {
        await using var other = new OtherNode(Sys, Folder);
        await other.JoinAsync();
        var truth = await RecordAsync();
        var port = ((ExtendedActorSystem)other.System).Provider.DefaultAddress.Port!.Value;
        var supervisor = CreateTestProbe();
        var context = TinyRun.Context(Path.Combine(Folder, "tiny"), groups: 2);
        var pipeline = await StartAsync(supervisor, PipelineActor.Props(context, checkpoint: null, other.Place(context, index => index == 1)));
        var undisturbed = await DoAsync<SliceMeasured>(supervisor, pipeline, TinyRun.Slices(context).Last());
        var (resident, managed, peak) = (Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: true), 0L);

        using var end = new CancellationTokenSource(duration);
        var strangers = Enumerable.Range(0, Strangers).Select(seed => Task.Run(() => SendNonsenseAsync(port, seed, truth, end.Token))).ToList();
        var shards = 0;
        while (!end.IsCancellationRequested)
        {
            Assert.Equivalent(undisturbed, await DoAsync<SliceMeasured>(supervisor, pipeline, TinyRun.Slices(context).Last()));
            (shards, peak) = (shards + 1, Math.Max(peak, Environment.WorkingSet - resident));
        }

        var connections = (await Task.WhenAll(strangers)).Sum();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{connections} connections of strangers in {duration.TotalSeconds} s, {shards} shards measured meanwhile; memory grew by {peak >> 20} MiB, of which {(GC.GetTotalMemory(true) - managed) >> 20} MiB are left");
        Assert.Equal(2, Cluster.Get(Sys).State.Members.Count(member => member.Status == MemberStatus.Up));
        Assert.Empty(Cluster.Get(Sys).State.Unreachable);
        Assert.InRange(peak, long.MinValue, PeakBound);
        await AwaitAssertAsync(() => Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, RestBound), Patience, TimeSpan.FromSeconds(1));
    }

    /// <summary>Connects, sends something wrong, and connects again. Returns how often.</summary>
    private static async Task<int> SendNonsenseAsync(int port, int seed, byte[] truth, CancellationToken end)
    {
        var random = CounterRandom.For(seed, "noise");
        var halfSent = new Queue<TcpClient>();
        var connections = 0;
        while (!end.IsCancellationRequested)
        {
            var stranger = new TcpClient { LingerState = new LingerOption(true, 0) };
            try
            {
                await stranger.ConnectAsync(IPAddress.Loopback, port, end);
                var nonsense = Nonsense(random.At(connections), truth);
                await stranger.GetStream().WriteAsync(nonsense, end);
                if (nonsense.Length == sizeof(int))
                {
                    await stranger.GetStream().WriteAsync(HalfAFrame, end);
                }

                await Task.Delay(Pause, end);
            }
            catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException)
            {
                // The node has hung up, which it may.
            }

            // Most hang on for a while, so that what is half sent stays so.
            halfSent.Enqueue(stranger);
            connections++;
            if (halfSent.Count > HalfSentAtATime)
            {
                halfSent.Dequeue().Dispose();
            }
        }

        foreach (var stranger in halfSent)
        {
            stranger.Dispose();
        }

        return connections;
    }

    private static byte[] Nonsense(CounterRandom random, byte[] truth)
    {
        var noise = Enumerable.Range(1, 200 + (int)(2_000 * random.Uniform(0))).Select(i => (byte)(256 * random.Uniform(i))).ToArray();
        return (int)(6 * random.Uniform(10_000)) switch
        {
            0 => noise,
            1 => [.. BitConverter.GetBytes(int.MaxValue), .. noise],
            2 => [.. BitConverter.GetBytes(-1), .. noise],
            3 => BitConverter.GetBytes(MaximumFrame),
            4 => truth[..(int)(truth.Length * random.Uniform(10_001))],
            _ => Changed(truth, random),
        };
    }

    private static byte[] Changed(byte[] truth, CounterRandom random)
    {
        byte[] changed = [.. truth];
        var introduction = sizeof(int) + BitConverter.ToInt32(truth);
        for (var change = 0; change < 3; change++)
        {
            changed[(int)(introduction * random.Uniform(20_000 + change))] = (byte)(256 * random.Uniform(30_000 + change));
        }

        return changed;
    }

    /// <summary>What a true node sends first: its introduction, and a message.</summary>
    private static async Task<byte[]> RecordAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var peer = new HostilePeer("test");
        peer.System.ActorSelection($"akka.tcp://test@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/user/worker").Tell(new Identify(1));
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();

        // Its own introduction, sent back to it, has it go on with the message.
        var introduction = await FrameAsync(stream);
        await stream.WriteAsync(introduction);
        return [.. introduction, .. await FrameAsync(stream)];
    }

    private static async Task<byte[]> FrameAsync(NetworkStream stream)
    {
        var length = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(length);
        var body = new byte[BitConverter.ToInt32(length)];
        await stream.ReadExactlyAsync(body);
        return [.. length, .. body];
    }
}
