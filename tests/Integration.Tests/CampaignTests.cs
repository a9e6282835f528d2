using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Integration.Tests;

public sealed class CampaignTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-campaign-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_campaign_that_is_killed_and_run_again_ends_with_the_same_bytes()
    {
        var campaign = TinyCampaign.Write(_folder);
        var whole = await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "whole");
        Assert.Equal(0, whole.ExitCode);

        foreach (var moment in new[] { "epoch 1: ", "epoch 2: ", "strict/none/0: " })
        {
            using var killed = SpikeTrailProcess.Start(_folder, "run", campaign, "--out", "killed");
            await killed.SeesAsync(moment);
            killed.Kill();
            await killed.EndAsync();
        }

        var resumed = await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "killed");

        Assert.Equal(0, resumed.ExitCode);
        Assert.StartsWith("resuming: 2 epochs", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(await ReadAsync("whole", "results.json"), await ReadAsync("killed", "results.json"));
        Assert.Equal(await ReadAsync("whole", "samples.json"), await ReadAsync("killed", "samples.json"));
    }

    [Fact]
    public async Task A_campaign_told_to_stop_by_a_service_manager_stops_where_nothing_is_lost_and_says_by_what()
    {
        var campaign = TinyCampaign.Write(_folder);
        using var stopped = SpikeTrailProcess.Start(_folder, "run", campaign, "--out", "out");
        await stopped.SeesAsync("epoch 1: ");
        stopped.Terminate();

        var end = await stopped.EndAsync();

        Assert.Equal(143, end.ExitCode);
        Assert.EndsWith("interrupted; run the same command again to continue\n", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_campaign_is_not_measured_again()
    {
        var campaign = TinyCampaign.Write(_folder);
        await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "out");
        var results = await ReadAsync("out", "results.json");
        var timings = ProvenanceJson.Read(await ReadAsync("out", "provenance.json")).Timings;

        var again = await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "out", "--set", "pipeline.layer-groups=3");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(results, await ReadAsync("out", "results.json"));
        Assert.EndsWith("out was complete already: nothing was left to do\n", again.Output, StringComparison.Ordinal);
        Assert.Equal(2 + 5 * 2 + 1, timings.Count);
        Assert.Equal(timings, ProvenanceJson.Read(await ReadAsync("out", "provenance.json")).Timings);
    }

    [Fact]
    public async Task A_report_is_made_again_from_results_and_samples_alone()
    {
        await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder), "--out", "out");
        var report = await ReadAsync("out", "report.md");
        var alone = Directory.CreateDirectory(Path.Combine(_folder, "alone")).FullName;
        foreach (var file in new[] { "results.json", "samples.json" })
        {
            File.Copy(Path.Combine(_folder, "out", file), Path.Combine(alone, file));
        }

        var end = await SpikeTrailProcess.RunAsync(_folder, "report", "alone");

        Assert.Equal(0, end.ExitCode);
        var tables = report[..report.IndexOf("## Failures", StringComparison.Ordinal)];
        Assert.StartsWith(tables, await ReadAsync("alone", "report.md"), StringComparison.Ordinal);
        Assert.Contains("<svg ", await ReadAsync("alone", "report.html"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(alone, "figures", "loss.png")));
        Assert.True(File.Exists(Path.Combine(alone, "figures", "examples-fashion-mnist-mini-tiny.png")));
    }

    [Fact]
    public async Task A_scaled_campaign_is_smaller_and_its_folder_belongs_to_its_scale()
    {
        var campaign = TinyCampaign.Write(_folder);

        var scaled = await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "out", "--scale", "0.5");
        var whole = await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "out");

        Assert.Equal(0, scaled.ExitCode);
        var run = Assert.Single(ResultsJson.Read(await ReadAsync("out", "results.json")).Runs);
        Assert.Equal((1, 32, 16), (run.Epochs.Count, run.Dataset.TrainingImages, run.Dataset.TestImages));
        Assert.Equal(2, whole.ExitCode);
        Assert.Contains("training-limit was 32 and is now 64", whole.Error, StringComparison.Ordinal);
    }

    private Task<string> ReadAsync(string folder, string file) => File.ReadAllTextAsync(Path.Combine(_folder, folder, file));
}
