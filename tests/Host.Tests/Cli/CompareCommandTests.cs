using SpikeTrail.Host.Cli;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Cli;

public sealed class CompareCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folders_are_compared_and_both_files_written()
    {
        var (markdown, json) = (Path.Combine(_folder, "compare.md"), Path.Combine(_folder, "compare.json"));

        Assert.Equal(ExitCode.Done, Invoke(Results("a"), Results("b"), "--markdown", markdown, "--json", json));

        Assert.StartsWith("# b beside a\n", File.ReadAllText(markdown), StringComparison.Ordinal);
        Assert.StartsWith("{\n", File.ReadAllText(json), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--json", "")]
    [InlineData("--markdown", "nowhere/compare.md")]
    public void A_file_that_cannot_be_written_is_refused_before_anything_is_read(string option, string file) =>
        Assert.StartsWith(option, Assert.Throws<InputException>(() => Invoke("nowhere", "neither", option, file)).Message, StringComparison.Ordinal);

    private static int Invoke(params string[] arguments) => CompareCommand.Create().Parse(arguments).Invoke(new() { EnableDefaultExceptionHandler = false });

    private string Results(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "results.json"), ResultsJson.Write(SampleResults.Campaign));
        return folder;
    }
}
