using System.Diagnostics;
using SpikeTrail.Snn.Native;
using TorchSharp;

namespace SpikeTrail.Snn.Tests.Native;

public sealed class LibTorchTests
{
    private static string PackagedFolder => Path.GetDirectoryName(Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch_cpu.so", SearchOption.AllDirectories).First())!;

    // Run here it is about the output folder; the tests below run it again, in processes that have the variable.
    [Fact]
    public void Libtorch_comes_from_the_folder_that_the_variable_names_and_otherwise_from_the_output()
    {
        LibTorch.Load();
        LibTorch.Load();
        using var ones = torch.ones(3);

        Assert.Equal(3, ones.sum().item<float>());
        Assert.Equal(Environment.GetEnvironmentVariable(LibTorch.FolderVariable) ?? PackagedFolder, LibTorch.Location);
        Assert.Single(File.ReadLines("/proc/self/maps").Where(line => line.Contains("/libtorch_cpu.so", StringComparison.Ordinal)).Select(line => line[line.IndexOf('/')..]).Distinct());
    }

    [Fact]
    public void The_facts_say_what_there_is()
    {
        Assert.Equal("cpu", LibTorch.Devices[0]);
        Assert.StartsWith("2.10.", LibTorch.Version, StringComparison.Ordinal);
        Assert.True(LibTorch.Threads >= 1);
        Assert.True(LibTorch.InteropThreads >= 1);
    }

    [Fact]
    public async Task A_folder_elsewhere_is_used_when_the_variable_names_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(PackagedFolder).Where(IsNeeded))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        var (exitCode, output) = await RunInChildProcess(folder.Path);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "libc10.so"), "");

        var (exitCode, output) = await RunInChildProcess(folder.Path);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            $"LibTorchException : SPIKETRAIL_LIBTORCH is {folder.Path}, which lacks libtorch_cpu.so, libtorch.so; expected a folder that holds libc10.so, libtorch_cpu.so, libtorch.so.",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused_by_name()
    {
        var (exitCode, output) = await RunInChildProcess("/no/such/folder");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("LibTorchException : SPIKETRAIL_LIBTORCH is /no/such/folder, which is not a folder;", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_a_damaged_libtorch_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
        {
            File.WriteAllText(Path.Combine(folder.Path, name), "not a library");
        }

        var (exitCode, output) = await RunInChildProcess(folder.Path);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"LibTorchException : SPIKETRAIL_LIBTORCH is {folder.Path}, but libc10.so there cannot be loaded", output, StringComparison.Ordinal);
    }

    private static bool IsNeeded(string path) =>
        Path.GetFileName(path) is "libc10.so" or "libtorch_cpu.so" or "libtorch.so" || Path.GetFileName(path).StartsWith("libgomp", StringComparison.Ordinal);

    private static async Task<(int ExitCode, string Output)> RunInChildProcess(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SpikeTrail.Snn.Tests"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-noLogo");
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(LibTorchTests).FullName}.{nameof(Libtorch_comes_from_the_folder_that_the_variable_names_and_otherwise_from_the_output)}");
        start.Environment[LibTorch.FolderVariable] = folder;
        // The child is a run of its own, not a part of the one that started it.
        foreach (var key in start.Environment.Keys.Where(key => key.StartsWith("XUNIT", StringComparison.OrdinalIgnoreCase) || key.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(key);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("libtorch-elsewhere-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
