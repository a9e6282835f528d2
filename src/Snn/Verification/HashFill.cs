using System.Text;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Verification;

/// <summary>
/// The weights, images and labels of a case: pure functions of a name, a seed and a place, so that no file has to hold them
/// (REFERENCE: golden cases).
/// </summary>
public static class HashFill
{
    /// <summary>The first values of a name's sequence, each in [-1, 1) and a multiple of 2^-23.</summary>
    public static double[] Unit(string name, long seed, long count)
    {
        const ulong golden = 0x9E3779B97F4A7C15;
        var key = Fnv1a(name) ^ unchecked((ulong)seed);
        var values = new double[count];
        for (var i = 0; i < values.Length; i++)
        {
            var z = unchecked(key + (ulong)(i + 1) * golden);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[i] = (z >> 40) / (double)(1 << 23) - 1;
        }

        return values;
    }

    /// <summary>Gives every tensor of a state dict its values; counters of batches go back to 0.</summary>
    public static void Fill(IEnumerable<Parameter> parameters, long seed)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                parameter.Value.zero_();
                continue;
            }

            var (offset, scale) = Range(parameter.Key, parameter.Shape);
            var values = Unit(parameter.Key, seed, parameter.Count);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = offset + scale * values[i];
            }

            using var filled = tensor(values, [.. parameter.Shape]);
            parameter.Value.copy_(filled);
        }
    }

    /// <summary>The bytes of N images, [N, C, H, W].</summary>
    public static byte[] Images(int images, IReadOnlyList<long> imageShape, long seed) =>
        [.. Unit("image", seed, imageShape.Aggregate((long)images, (a, b) => a * b)).Select(u => (byte)Math.Floor((u + 1) * 128))];

    /// <summary>Labels 0 to K − 1.</summary>
    public static byte[] Labels(int images, int classes, long seed) =>
        [.. Unit("label", seed, images).Select(u => (byte)Math.Floor((u + 1) / 2 * classes))];

    /// <summary>Values of a tensor are offset + scale · u.</summary>
    private static (double Offset, double Scale) Range(string key, IReadOnlyList<long> shape) => key switch
    {
        _ when key.EndsWith("running_mean", StringComparison.Ordinal) => (0, 0.05),
        _ when key.EndsWith("running_var", StringComparison.Ordinal) => (1, 0.5),
        _ when shape.Count == 4 => (0, Math.Sqrt(6.0 / (shape[0] * shape[2] * shape[3]))),
        _ when shape.Count == 2 => (0, Math.Sqrt(1.0 / shape[1])),
        _ when key.EndsWith("weight", StringComparison.Ordinal) => (1, 0.25),
        "fc.bias" => (0, 0.1),
        _ => (0.2, 0.1),
    };

    private static ulong Fnv1a(string text) =>
        Encoding.UTF8.GetBytes(text).Aggregate(0xCBF29CE484222325, (hash, b) => unchecked((hash ^ b) * 0x100000001B3));
}
