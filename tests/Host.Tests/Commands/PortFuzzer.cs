using System.Net;
using System.Net.Sockets;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Host.Tests.Commands;

/// <summary>
/// Says to a port what nobody should: noise, what is right but for a few bytes, the beginning of what is right, far too much, and
/// all of it with and without leaving in the middle. The same seed says the same.
/// </summary>
/// <param name="port">The port.</param>
/// <param name="samples">What would be right, to be spoiled.</param>
/// <param name="seed">The seed.</param>
internal sealed class PortFuzzer(IPEndPoint port, IReadOnlyList<byte[]> samples, long seed)
{
    private const int Attackers = 8;

    // Longer than any port here takes in one piece.
    private const int FarTooLong = 3 << 20;

    private int _attacks;

    /// <summary>How many connections were made.</summary>
    public int Attacks => _attacks;

    /// <summary>Attacks the port for a while, from several sides at once.</summary>
    public Task RunAsync(TimeSpan duration) => Task.WhenAll(Enumerable.Range(0, Attackers).Select(attacker => Task.Run(async () =>
    {
        using var over = new CancellationTokenSource(duration);
        for (var attack = 0; !over.IsCancellationRequested; attack++)
        {
            await AttackAsync(CounterRandom.For(seed, "fuzz").At(attacker).At(attack));
            Interlocked.Increment(ref _attacks);
        }
    })));

    private async Task AttackAsync(CounterRandom random)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        // Whoever is attacked may take its time to end a connection; an attacker does not wait for it.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(20 + 200 * random.Uniform(0)));
        try
        {
            await socket.ConnectAsync(port, patience.Token);
            var bytes = Bytes(random);
            var pieces = 1 + (int)(4 * random.Uniform(1));
            foreach (var piece in bytes.Chunk(Math.Max(1, bytes.Length / pieces)))
            {
                await socket.SendAsync(piece, patience.Token);
                if (random.Uniform(2) < 0.5)
                {
                    await Task.Yield();
                }
            }

            if (random.Uniform(3) < 0.3)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            if (random.Uniform(4) < 0.7)
            {
                var heard = new byte[64 * 1024];
                while (await socket.ReceiveAsync(heard, patience.Token) > 0)
                {
                }
            }
            else if (random.Uniform(5) < 0.5)
            {
                // Away without a farewell: the other side meets a reset.
                socket.LingerState = new LingerOption(true, 0);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Thrown out, or tired of waiting.
        }
    }

    private byte[] Bytes(CounterRandom random)
    {
        var sample = samples[(int)(samples.Count * random.Uniform(10))];
        return (int)(6 * random.Uniform(11)) switch
        {
            0 => Noise(random, (int)(5_000 * random.Uniform(12))),
            1 => Spoiled(sample, random),
            2 => sample[..(int)(sample.Length * random.Uniform(12))],
            3 => [.. Enumerable.Repeat(Spoiled(sample, random), 1 + (int)(50 * random.Uniform(13))).SelectMany(bytes => bytes)],
            4 => random.Uniform(14) < 0.9 ? Noise(random, 70_000) : Enumerable.Repeat((byte)random.Bits(15), FarTooLong).ToArray(),
            _ => sample,
        };
    }

    /// <summary>A few bytes changed, put in or left out.</summary>
    private static byte[] Spoiled(byte[] sample, CounterRandom random)
    {
        var bytes = sample.ToList();
        var changes = 1 + (int)(8 * random.Uniform(20));
        for (var change = 0; change < changes && bytes.Count > 0; change++)
        {
            var draw = random.At(change);
            var place = (int)(bytes.Count * draw.Uniform(0));
            switch ((int)(3 * draw.Uniform(1)))
            {
                case 0:
                    bytes[place] = (byte)draw.Bits(2);
                    break;
                case 1:
                    bytes.Insert(place, (byte)draw.Bits(2));
                    break;
                default:
                    bytes.RemoveAt(place);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Noise(CounterRandom random, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)random.Bits(100 + i))];
}
