using Microsoft.Data.Sqlite;
using SpikeTrail.Host.Reports;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Host.Doctor;

/// <summary>The two native libraries: libtorch computes, SQLite remembers.</summary>
internal static class LibraryChecks
{
    public static IEnumerable<Finding> Run() => [.. LibtorchFindings(), Journal()];

    private static IEnumerable<Finding> LibtorchFindings()
    {
        try
        {
            var threads = LibTorch.Threads;
            return
            [
                Finding.Ok("libtorch", $"{LibTorch.Version} from {LibTorch.Location ?? "a place the system does not tell"}"),
                Devices(LibTorch.Devices),
                threads > Environment.ProcessorCount
                    ? Finding.Warning("threads", $"{Numbers.Plain(threads)} by default, more than there are cores", "set OMP_NUM_THREADS to the number of cores or less")
                    : Finding.Ok("threads", $"{Numbers.Plain(threads)} by default; a campaign sets its own (pipeline.threads-per-group)"),
            ];
        }
        // A native library can refuse in many ways, and the doctor is here to name each of them.
        catch (Exception exception)
        {
            return
            [
                Finding.Problem("libtorch", exception.Message.ReplaceLineEndings(" "), Remedy()),
            ];
        }
    }

    private static string Remedy() => Environment.GetEnvironmentVariable(LibTorch.FolderVariable) is { Length: > 0 }
        ? $"unset {LibTorch.FolderVariable} to use the libtorch that comes with SpikeTrail, or name the lib folder of a libtorch or PyTorch installation"
        : $"build again with `dotnet build`, or set {LibTorch.FolderVariable} to the lib folder of a libtorch or PyTorch installation";

    private static Finding Devices(IReadOnlyList<string> devices) =>
        devices.Count > 1 || !Directory.Exists("/proc/driver/nvidia")
            ? Finding.Ok("devices", string.Join(", ", devices))
            : Finding.Warning(
                "devices",
                $"{string.Join(", ", devices)}; this machine has an NVIDIA GPU that this libtorch cannot use",
                $"build with -p:TorchDevice=cuda, or set {LibTorch.FolderVariable} to a libtorch with CUDA");

    private static Finding Journal()
    {
        try
        {
            using var connection = new SqliteConnection("Data Source=:memory:");
            connection.Open();
            return Finding.Ok("journal", $"SQLite {connection.ServerVersion}");
        }
        // As above.
        catch (Exception exception)
        {
            return Finding.Problem("journal", $"SQLite cannot be loaded: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}", "build again with `dotnet build`");
        }
    }
}
