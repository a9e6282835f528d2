using System.Globalization;

namespace SpikeTrail.Protocol.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-whole-file-").FullName;

    private string FilePath => Path.Combine(_folder, "results.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_reader_finds_one_whole_version_or_another_at_any_moment()
    {
        const int Versions = 200;
        WholeFile.WriteText(FilePath, "0\n");
        var writer = Task.Run(() =>
        {
            for (var version = 1; version <= Versions; version++)
            {
                WholeFile.WriteText(FilePath, $"{version}\n");
            }
        });

        while (!writer.IsCompleted)
        {
            Assert.InRange(int.Parse(File.ReadAllText(FilePath), CultureInfo.InvariantCulture), 0, Versions);
        }

        await writer;
    }

    [Fact]
    public void What_fails_leaves_the_file_before_it_and_nothing_beside_it()
    {
        WholeFile.WriteText(FilePath, "before");

        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(FilePath, _ => throw new InvalidOperationException()));

        Assert.Equal("before", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }
}
