using System.Text.RegularExpressions;

namespace SpikeTrail.Integration.Tests;

/// <summary>A node in one process and commands from others, as an operator gives them.</summary>
public sealed partial class CommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-commands-").FullName;
    private SpikeTrailProcess _node = null!;
    private string _port = "";

    public async ValueTask InitializeAsync()
    {
        _node = SpikeTrailProcess.Start(_folder, "node", "--port", "0", "--commands", "0");
        _port = CommandPort().Match(await _node.LineAsync("commands at ")).Groups[1].Value;
    }

    public ValueTask DisposeAsync()
    {
        _node.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_campaign_is_started_watched_steered_and_reported_and_the_node_leaves()
    {
        var file = TinyCampaign.Write(_folder);

        await SaysAsync("campaign tiny is started", "campaign", "start", file);
        await RefusedAsync("tiny: there is such a campaign already", "campaign", "start", file);
        await SaysAsync("campaign tiny is paused", "campaign", "pause", "tiny");
        await RefusedAsync("tiny: is paused, so there is nothing to pause", "campaign", "pause", "tiny");
        await SaysAsync("campaign tiny goes on", "campaign", "resume", "tiny");
        await SaysAsync("tiny is complete: 100.00 %", "campaign", "tail", "tiny");
        await SaysAsync("tiny      complete  100.00 %", "campaign", "list");
        await SaysAsync("2/2   10/10", "campaign", "status", "tiny");
        await SaysAsync(Path.Combine(_folder, "campaigns", "tiny", "report.html"), "campaign", "report", "tiny");
        await RefusedAsync("tiny: is complete already", "campaign", "cancel", "tiny");
        await SaysAsync("no pipelines", "pipeline", "show");
        await RefusedAsync("tiny-9: there is no such pipeline", "pipeline", "show", "tiny-9");
        await SaysAsync("/cpu", "device", "show");
        await SaysAsync("Count: 1 node", "cluster", "show");

        await SaysAsync("is asked to leave", "cluster", "leave");
        Assert.Equal(0, (await _node.EndAsync()).ExitCode);
        await RefusedAsync($"nothing listens at 127.0.0.1:{_port}", "cluster", "show");
    }

    [Fact]
    public async Task What_follows_ends_with_Ctrl_C()
    {
        using var tail = Cmd("cluster", "tail");
        await tail.SeesAsync("1 member now");
        tail.Interrupt();

        Assert.Equal(130, (await tail.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_what_follows()
    {
        await SaysAsync("campaign tiny is started", "campaign", "start", TinyCampaign.Write(_folder), "-s", "campaign.training.epochs=10000");
        using var tail = SpikeTrailProcess.StartUnder(["sh", "-c", "\"$@\" | head -n 1", "sh"], _folder, "cmd", $"127.0.0.1:{_port}", "campaign", "tail", "tiny");

        var end = await tail.EndAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.Single(end.Output.Trim().Split('\n'));
        await SaysAsync("campaign tiny is cancelled", "campaign", "cancel", "tiny");
    }

    [Theory]
    [InlineData("unknown palette campain; did you mean campaign? (there are campaign, pipeline, device, cluster)", "campain", "list")]
    [InlineData("/nowhere.conf: there is no such file", "campaign", "start", "/nowhere.conf")]
    [InlineData("campaign start: unknown switch --set-all; see `help campaign start`", "campaign", "start", "demo", "--set-all", "x")]
    public async Task Wrong_use_is_one_line_and_exit_code_2(string line, params string[] command) =>
        Assert.Equal(new ProcessEnd(2, "", $"error: {line}\n"), await CmdAsync(command));

    private async Task SaysAsync(string text, params string[] command)
    {
        var end = await CmdAsync(command);

        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.Contains(text, end.Output, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string line, params string[] command)
    {
        var end = await CmdAsync(command);

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.StartsWith($"error: {line}", end.Error, StringComparison.Ordinal);
        Assert.Equal(end.Error.Length - 1, end.Error.IndexOf('\n', StringComparison.Ordinal));
    }

    private async Task<ProcessEnd> CmdAsync(params string[] command)
    {
        using var process = Cmd(command);
        return await process.EndAsync();
    }

    private SpikeTrailProcess Cmd(params string[] command) => SpikeTrailProcess.Start(_folder, ["cmd", $"127.0.0.1:{_port}", .. command]);

    [GeneratedRegex(@"commands at 127\.0\.0\.1:(\d+);")]
    private static partial Regex CommandPort();
}
