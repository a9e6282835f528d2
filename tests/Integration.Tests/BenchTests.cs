using System.Globalization;
using System.Text.Json.Nodes;

namespace SpikeTrail.Integration.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0.001", 0)]
    [InlineData("1000", 1)]
    public async Task A_narrow_network_is_measured_and_held_against_a_baseline(string before, int exitCode)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "baseline.json"), $$"""[{ "name": "evaluation-batch", "ratio": {{before}} }]""");

        var end = await SpikeTrailProcess.RunAsync(
            _folder, "bench", "--only", "evaluation-batch", "--rounds", "1", "--width", "0.0625", "--threads", "1", "--json", "bench.json", "--guard", "baseline.json");

        Assert.Equal(exitCode, end.ExitCode);
        Assert.Contains("| clean evaluation of a batch |", end.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 1, end.Error.Contains("error: evaluation-batch: the ratio fell from 1000.00 in baseline.json", StringComparison.Ordinal));
        var measured = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "bench.json")))!.AsArray();
        Assert.Equal(["name", "ratio", "reference_ms", "ours_ms"], Assert.Single(measured)!.AsObject().Select(entry => entry.Key));
        Assert.Single(Directory.GetFiles(_folder, "bench-????-??-??-??????.json"));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Each_side_of_a_short_run_agrees_in_all_benchmarks()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "bench", "--rounds", "1", "--width", "0.0625", "--threads", "1", "--images", "16");

        Assert.Equal(0, end.ExitCode);
        Assert.Equal(2 + 5, end.Output.Count(letter => letter == '\n'));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "artifacts", "bench")));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_benchmark_that_is_killed_takes_its_child_process_with_it()
    {
        using var bench = SpikeTrailProcess.Start(_folder, "bench", "--only", "figure-2-campaign");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await bench.SeesAsync("round 1 of 1, reference");
        int? child;
        while ((child = ChildOf(bench.Id)) is null || !IsAtWork(child.Value))
        {
            await Task.Delay(50, patience.Token);
        }

        bench.Kill();

        while (ParentOf(child.Value) is not null)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task An_interrupted_benchmark_ends_at_once_and_writes_nothing()
    {
        using var bench = SpikeTrailProcess.Start(_folder, "bench", "--only", "figure-2-campaign", "--json", "bench.json");
        await bench.SeesAsync("round 1 of 1, reference");

        bench.Interrupt();
        var end = await bench.EndAsync();

        Assert.Equal(130, end.ExitCode);
        Assert.EndsWith("interrupted; nothing was written\n", end.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static int? ChildOf(int parent) => (
        from folder in Directory.GetDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
        where id != 0 && ParentOf(id) == parent
        select (int?)id).FirstOrDefault();

    /// <summary>Whether it has begun: it has loaded libtorch.</summary>
    private static bool IsAtWork(int process) => File.ReadAllText($"/proc/{process}/maps").Contains("libtorch", StringComparison.Ordinal);

    /// <summary>The parent of a process that lives; one that nobody has taken note of yet (a zombie) does not.</summary>
    private static int? ParentOf(int process)
    {
        try
        {
            // "ID (NAME) STATE PARENT …", and the name may have anything in it.
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            return fields[0] == "Z" ? null : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
