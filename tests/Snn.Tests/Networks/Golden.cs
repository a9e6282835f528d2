using System.Text;
using System.Text.Json;

namespace SpikeTrail.Snn.Tests.Networks;

/// <summary>
/// Golden cases: figures of an independent implementation, in float64. They are not part of the repository; tests that
/// use them are skipped where <c>../shared/golden</c> beside it is absent.
/// </summary>
internal static class Golden
{
    /// <summary>A golden file's content. Skips the test where there is none.</summary>
    public static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(PathOf(name))).RootElement;

    /// <summary>A golden file's path. Skips the test where there is none.</summary>
    public static string PathOf(string name)
    {
        var file = Find(name);
        Assert.SkipWhen(file is null, $"there is no ../shared/golden/{name}");
        return file!;
    }

    /// <summary>Numbers nested in arrays, row-major.</summary>
    public static double[] Flat(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flat)] : [element.GetDouble()];

    /// <summary>The hash that weights and images come from, written a second time for the tests: values in [-1, 1), a pure function of name, seed and place.</summary>
    public static double[] Unit(string name, long seed, long count)
    {
        const ulong golden = 0x9E3779B97F4A7C15;
        var key = Fnv1a(name) ^ (ulong)seed;
        var values = new double[count];
        for (var i = 0; i < values.Length; i++)
        {
            var z = key + (ulong)(i + 1) * golden;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[i] = (z >> 40) / (double)(1 << 23) - 1;
        }

        return values;
    }

    private static ulong Fnv1a(string text) =>
        Encoding.UTF8.GetBytes(text).Aggregate(0xCBF29CE484222325, (hash, b) => (hash ^ b) * 0x100000001B3);

    private static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SpikeTrail.slnx")))
            {
                var file = Path.Combine(folder.FullName, "..", "shared", "golden", name);
                return File.Exists(file) ? file : null;
            }
        }

        return null;
    }
}
