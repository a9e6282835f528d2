using System.Diagnostics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Integration.Tests;

/// <summary>
/// The real program on a disk that is really full: a file system of a few megabytes in memory, in a name space where an
/// ordinary user may mount one. Where that is forbidden, these are skipped.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_full_disk_ends_the_campaign_with_one_line_and_it_goes_on_once_there_is_room() => AssertGoesOnAsync(700, "group-1.safetensors: cannot be written");

    /// <summary>How much room there is, in KiB: none for a journal, none for facts, none for a checkpoint.</summary>
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(16, "journal.db: the journal cannot be used")]
    [InlineData(100, "disk/out: the journal cannot be written")]
    [InlineData(250, "epoch-0001/group-1.safetensors: cannot be written")]
    public Task However_full_it_is(int kibibytes, string expected) => AssertGoesOnAsync(kibibytes, expected);

    private async Task AssertGoesOnAsync(int kibibytes, string expected)
    {
        var campaign = TinyCampaign.Write(_folder);
        Assert.Equal(0, (await SpikeTrailProcess.RunAsync(_folder, "run", campaign, "--out", "whole")).ExitCode);

        // Runs into the full disk, makes room, runs again, and carries out what came of it.
        var script = $"""
            mkdir disk && mount -t tmpfs -o size=200m tmpfs disk || exit 99
            mkdir disk/out
            mount -t tmpfs -o size={kibibytes}k tmpfs disk/out || exit 99
            dotnet "$1" run {campaign} --out disk/out >first.out 2>first.err; echo $? >first.code
            find disk/out -name '*.part' >parts
            mount -o remount,size=200m disk/out || exit 99
            dotnet "$1" run {campaign} --out disk/out >second.out 2>second.err; echo $? >second.code
            cp disk/out/results.json second.json
            """;
        using var shell = Process.Start(new ProcessStartInfo("unshare", ["-rm", "sh", "-c", script, "sh", Path.Combine(AppContext.BaseDirectory, "spiketrail.dll")]) { WorkingDirectory = _folder, RedirectStandardError = true })!;
        await shell.WaitForExitAsync();
        Assert.SkipWhen(shell.ExitCode == 99 || !File.Exists(Path.Combine(_folder, "first.code")), "no file system may be mounted here");

        var error = await ReadAsync("first.err");
        Assert.True(await ReadAsync("first.code") is "1\n" or "2\n", error);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.Equal("", await ReadAsync("parts"));
        Assert.Equal("0\n", await ReadAsync("second.code"));
        Assert.Equal(await ReadAsync("whole/results.json"), await ReadAsync("second.json"));
        Assert.True(ResultsJson.Read(await ReadAsync("second.json")).Campaign.Complete);
    }

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_folder, file));
}
