using System.Globalization;
using System.Runtime.InteropServices;
using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Doctor;

/// <summary>The program and the machine under it.</summary>
internal static class MachineChecks
{
    private const long GiB = 1L << 30;

    public static IEnumerable<Finding> Run()
    {
        yield return Finding.Ok("spiketrail", ProgramVersion.Text);
        yield return Finding.Ok(".NET", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return OperatingSystemAndLibc();
        yield return Cpu();
        yield return Memory();
        yield return Disk();
    }

    private static Finding OperatingSystemAndLibc()
    {
        const string subject = "system";
        var system = RuntimeInformation.OSDescription;
        if (!OperatingSystem.IsLinux())
        {
            return Finding.Warning(subject, system, "SpikeTrail is built and tested on Linux; elsewhere, add the libtorch package of your system");
        }

        return GlibcVersion() is { } glibc
            ? Finding.Ok(subject, $"{system}, glibc {glibc}")
            : Finding.Problem(subject, $"{system}, no glibc", "libtorch needs glibc: use a distribution such as Debian or Ubuntu, not Alpine");
    }

    private static string? GlibcVersion()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "gnu_get_libc_version", out var function))
        {
            return null;
        }

        return Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<VersionText>(function)());
    }

    private static Finding Cpu()
    {
        const string subject = "cpu";
        var cores = $"{Numbers.Count(Environment.ProcessorCount, "core", "cores")} for this process";
        if (CpuInfo.Read() is not { } cpu)
        {
            return Finding.Ok(subject, cores);
        }

        var extensions = cpu.Extensions.Count == 0 ? "no AVX2" : string.Join(", ", cpu.Extensions);
        var text = $"{cpu.Model}, {cores}, {extensions}";
        return cpu.Extensions.Count > 0 || RuntimeInformation.ProcessArchitecture != Architecture.X64
            ? Finding.Ok(subject, text)
            : Finding.Warning(subject, text, "libtorch will be several times slower; use a machine with AVX2");
    }

    private static Finding Memory()
    {
        const string subject = "memory";
        // What the process may use: a container's limit where there is one.
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = Math.Min(total, AvailableMemory() ?? total);
        var text = $"{InGiB(free)} free of {InGiB(total)}";
        return free < 2 * GiB
            ? Finding.Warning(subject, text, "a ResNet-18 at batch 16 and T = 10 trains in about 2 GiB; lower training.batch-size or free some memory")
            : Finding.Ok(subject, text);
    }

    /// <summary>What Linux could give out without swapping; null elsewhere.</summary>
    private static long? AvailableMemory()
    {
        const string source = "/proc/meminfo";
        const string key = "MemAvailable:";
        var line = File.Exists(source) ? File.ReadLines(source).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? null : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static Finding Disk()
    {
        const string subject = "disk";
        var folder = Environment.CurrentDirectory;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = $"{InGiB(free)} free in {folder}";
        return free < GiB
            ? Finding.Warning(subject, text, "checkpoints of a campaign take some hundred MiB; choose an output folder on another disk with --out")
            : Finding.Ok(subject, text);
    }

    private static string InGiB(long bytes) => FormattableString.Invariant($"{(double)bytes / GiB:0.0} GiB");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint VersionText();
}
