namespace SpikeTrail.Host.Doctor;

/// <summary>The processor as Linux describes it, with those of its extensions that libtorch makes use of.</summary>
internal sealed record CpuInfo(string Model, IReadOnlyList<string> Extensions)
{
    private const string Source = "/proc/cpuinfo";

    private static readonly (string Flag, string Name)[] Known =
        [("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_bf16", "AVX-512 BF16"), ("amx_tile", "AMX")];

    /// <summary>The processor of this machine; null where the system does not tell.</summary>
    public static CpuInfo? Read() => File.Exists(Source) ? Parse(File.ReadLines(Source)) : null;

    internal static CpuInfo Parse(IEnumerable<string> lines)
    {
        // One block a core, all alike: the first will do.
        var facts = lines.TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        var flags = facts.GetValueOrDefault("flags", "").Split(' ').ToHashSet();
        return new(facts.GetValueOrDefault("model name", "unknown processor"), [.. Known.Where(known => flags.Contains(known.Flag)).Select(known => known.Name)]);
    }
}
