using System.Text;

namespace SpikeTrail.Snn.Randomness;

/// <summary>
/// Counter-based randomness: every value is a pure function of a key and an index, so there is no generator state to
/// save, and where or when a piece of work runs cannot change what it draws. Keys are built by naming what the
/// values are for: <c>CounterRandom.For(seed, "flip").At(epoch).At(image)</c>. The mixing function is splitmix64's
/// finaliser (Steele, Lea and Flood, 2014), names enter by 64-bit FNV-1a.
/// </summary>
public readonly struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _key;

    private CounterRandom(ulong key) => _key = key;

    /// <summary>The stream of one campaign seed for one purpose.</summary>
    public static CounterRandom For(long seed, string purpose) => new(Mix(Fnv1a(purpose) ^ Mix(unchecked((ulong)seed) + Golden)));

    /// <summary>The sub-stream at a coordinate, such as an epoch or an image.</summary>
    public CounterRandom At(long coordinate) => new(Mix(_key ^ Mix(unchecked((ulong)coordinate * Golden + Golden))));

    /// <summary>64 random bits at an index.</summary>
    public ulong Bits(long index) => Mix(unchecked(_key + ((ulong)index + 1) * Golden));

    /// <summary>A uniform value in [0, 1) at an index, a multiple of 2^-53.</summary>
    public double Uniform(long index) => (Bits(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal value at an index (Box and Muller, 1958).</summary>
    public double Normal(long index) =>
        Math.Sqrt(-2 * Math.Log(1 - Uniform(2 * index))) * Math.Cos(2 * Math.PI * Uniform(2 * index + 1));

    /// <summary>A permutation of 0 … count − 1 (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = (int)(Uniform(i) * (i + 1));
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static ulong Fnv1a(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return hash;
    }
}
