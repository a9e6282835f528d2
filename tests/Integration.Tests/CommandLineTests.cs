namespace SpikeTrail.Integration.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("unknown command reprot; did you mean report? see spiketrail --help", "reprot")]
    [InlineData("unknown option --ot; did you mean --out? see spiketrail demo --help", "demo", "--ot", "x")]
    [InlineData("unknown argument twice; see spiketrail demo --help", "demo", "twice")]
    [InlineData("Option '--out' is required; see spiketrail run --help", "run", "campaign.conf")]
    [InlineData("--scale 5%: expected a number above 0 and up to 1, such as 0.01", "run", "campaign.conf", "--out", "x", "--scale", "5%")]
    [InlineData("unknown command lst; did you mean list? see spiketrail data --help", "data", "lst")]
    [InlineData("nowhere: no such folder; expected the output folder of a campaign", "report", "nowhere")]
    [InlineData("compare: expected at least two output folders, got 1", "compare", "one")]
    [InlineData("nowhere: no such folder; expected the output folder of a campaign", "compare", "nowhere", "nowhere")]
    [InlineData("--markdown nowhere/compare.md: there is no such folder", "compare", "one", "other", "--markdown", "nowhere/compare.md")]
    [InlineData("--data nowhere: no such folder", "doctor", "--data", "nowhere")]
    [InlineData("--only: there is no benchmark 'nosuch': expected some of training-step, pgd-batch, evaluation-batch, figure-2-campaign, training-memory", "bench", "--only", "nosuch")]
    [InlineData("--rounds: expected 1 to 1000, got 0", "bench", "--rounds", "0")]
    [InlineData("--rounds: expected a whole number, found \"x\"; see spiketrail bench --help", "bench", "--rounds", "x")]
    [InlineData("--images: expected 1 to 1000, as many as fashion-mnist-mini has test images, got 1001", "bench", "--images", "1001")]
    [InlineData("nowhere.json: there is no such file", "bench", "--guard", "nowhere.json")]
    [InlineData("--json nowhere/bench.json: there is no such folder", "bench", "--json", "nowhere/bench.json")]
    [InlineData("--side: expected reference or ours, got neither", "bench", "--only", "training-memory", "--side", "neither")]
    [InlineData("--side: pgd-batch has both sides in one process", "bench", "--only", "pgd-batch", "--side", "ours")]
    [InlineData("--side: expected --only with one name", "bench", "--side", "ours")]
    public async Task What_cannot_be_used_is_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, arguments);

        Assert.Equal(new ProcessEnd(2, "", $"error: {line}\n"), end);
    }

    [Fact]
    public async Task A_campaign_file_that_is_not_there_is_named()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "run", "nowhere.conf", "--out", "out");

        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith("error: nowhere.conf: ", end.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    [Fact]
    public async Task Damaged_results_are_exit_code_2_and_leave_no_report()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "results.json"), "{ \"schema\": 1,");

        var end = await SpikeTrailProcess.RunAsync(_folder, "report", ".");

        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith("error: ./results.json: cannot be read as schema 1: ", end.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "report.md")));
    }

    [Fact]
    public async Task Without_a_command_the_commands_are_listed()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder);

        Assert.Equal(0, end.ExitCode);
        Assert.Contains("Commands:", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_line()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "--version");

        Assert.Equal(0, end.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", end.Output);
    }

    [Fact]
    public async Task The_doctor_finds_no_problem_on_a_machine_that_runs_these_tests()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "doctor");

        Assert.DoesNotContain("problem ", end.Output, StringComparison.Ordinal);
        Assert.Contains("libtorch", end.Output, StringComparison.Ordinal);
        Assert.Equal(0, end.ExitCode);
    }
}
