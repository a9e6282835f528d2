namespace SpikeTrail.Integration.Tests;

/// <summary><c>spiketrail verify</c> on the small cases that come with the repository.</summary>
public sealed class VerifyTests : IDisposable
{
    private const string Sew = "sew_resnet10_max_c10.json";
    private const string Spiking = "spiking_resnet10_avg_c10.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-verify-").FullName;

    public VerifyTests()
    {
        foreach (var name in new[] { Sew, Spiking })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "cases", name), Path.Combine(_folder, name));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData]
    [InlineData("--groups", "4", "--window", "3")]
    [InlineData("--dtype", "float32")]
    public async Task Cases_that_agree_are_a_line_for_every_section(params string[] options)
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, ["verify", Sew, Spiking, .. options]);

        Assert.Equal("", end.Error);
        Assert.Equal(0, end.ExitCode);
        var lines = end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(18, lines.Length);
        Assert.StartsWith($"{Sew}: sew_resnet10, max pooling, 10 classes; ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{Spiking}: spiking_resnet10, average pooling, 10 classes; ", lines[9], StringComparison.Ordinal);
        string[] sections = ["inputs", "eval", "train", "probes", "running statistics", "fgsm", "pgd", "adam"];
        Assert.Equal([.. sections, .. sections], lines.Where(line => line[0] == ' ').Select(line => line[2..20].TrimEnd()));
        Assert.DoesNotContain("DIFFERS", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_that_differs_is_named_and_the_other_cases_are_still_computed()
    {
        Change(Sew, "\"lr\":0.001", "\"lr\":0.0011");

        var end = await SpikeTrailProcess.RunAsync(_folder, "verify", Sew, Spiking);

        Assert.Equal(1, end.ExitCode);
        Assert.Matches($@"^error: {Sew}: adam\.losses\[1\]: expected \S+, got \S+, a relative difference of \S+ where 1e-09 is accepted\n$", end.Error);
        Assert.Single(end.Output.Split('\n'), line => line.Contains("DIFFERS", StringComparison.Ordinal));
        Assert.Contains(Spiking, end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_accepted_can_be_set()
    {
        Change(Sew, "\"lr\":0.001", "\"lr\":0.0011");

        Assert.Equal(0, (await SpikeTrailProcess.RunAsync(_folder, "verify", Sew, "--tolerance", "10")).ExitCode);
        Assert.Equal(1, (await SpikeTrailProcess.RunAsync(_folder, "verify", Spiking, "--tolerance", "0")).ExitCode);
    }

    [Theory]
    [InlineData("\"pgd\":", "\"pdg\":", "pgd: missing")]
    [InlineData("\"arch\":\"spiking_resnet10\"", "\"arch\":\"vgg11\"", "arch: expected one of sew_resnet10, ")]
    [InlineData("\"shape\":[4,2,3,32,32]", "\"shape\":[4,2,3,32,31]", "encoded.shape: expected [4, 2, 3, 32, 32], got [4, 2, 3, 32, 31]")]
    [InlineData("\"T\":4", "\"T\":4000000000", "T: expected a whole number from 1 to 1048576, got 4000000000")]
    [InlineData("{", "", "not JSON: ")]
    public async Task One_bad_case_among_several_is_refused_before_anything_is_computed(string old, string changed, string expected)
    {
        Change(Spiking, old, changed);

        await AssertRefusedAsync($"{Spiking}: {expected}", Sew, Spiking);
    }

    [Theory]
    [InlineData("nowhere.json: ", "nowhere.json")]
    [InlineData("--groups: expected 1 to 6, as many as sew_resnet10 has layers, got 7", Sew, "--groups", "7")]
    [InlineData("--groups: expected 1 to 6, as many as sew_resnet10 has layers, got 0", Sew, "--groups", "0")]
    [InlineData("--window: expected at least 1, got 0", Sew, "--window", "0")]
    [InlineData("--dtype: expected float64 or float32, got flaot32; did you mean float32?", Sew, "--dtype", "flaot32")]
    [InlineData("--tolerance: expected a number of at least 0, got -1", Sew, "--tolerance", "-1")]
    [InlineData("--tolerance: expected a number of at least 0, got NaN", Sew, "--tolerance", "NaN")]
    [InlineData("Required argument missing for command: 'verify'")]
    public async Task What_cannot_be_used_is_refused(string expected, params string[] arguments) => await AssertRefusedAsync(expected, arguments);

    private void Change(string name, string old, string changed)
    {
        var path = Path.Combine(_folder, name);
        var text = File.ReadAllText(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{name} has no {old}");
        File.WriteAllText(path, text[..at] + changed + text[(at + old.Length)..]);
    }

    private async Task AssertRefusedAsync(string expected, params string[] arguments)
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, ["verify", .. arguments]);

        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith($"error: {expected}", end.Error, StringComparison.Ordinal);
        Assert.Equal(1, end.Error.Count(character => character == '\n'));
        Assert.Equal("", end.Output);
    }
}
