using System.Globalization;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>This process's memory as Linux counts it.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";
    private const string ForgetPeak = "/proc/self/clear_refs";

    /// <summary>Whether this system counts it.</summary>
    public static bool IsKnown => File.Exists(Status) && File.Exists(ForgetPeak);

    /// <summary>Bytes that are resident now.</summary>
    public static long Resident => Read("VmRSS:");

    /// <summary>The most bytes that were resident since <see cref="ResetPeak"/>.</summary>
    public static long Peak => Read("VmHWM:");

    /// <summary>Begins a new peak.</summary>
    public static void ResetPeak() => File.WriteAllText(ForgetPeak, "5");

    private static long Read(string key)
    {
        var line = File.ReadLines(Status).First(line => line.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
