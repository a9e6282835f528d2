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
        WholeFile.WriteText(FilePath, TextOf(0));
        var writer = Task.Run(() =>
        {
            for (var version = 1; version <= Versions; version++)
            {
                WholeFile.WriteText(FilePath, TextOf(version));
            }
        });

        var last = 0;
        while (!writer.IsCompleted)
        {
            var text = File.ReadAllText(FilePath);
            var version = int.Parse(text[..4], CultureInfo.InvariantCulture);
            Assert.Equal(TextOf(version), text);
            Assert.InRange(version, last, Versions);
            last = version;
        }

        await writer;
        Assert.Equal(TextOf(Versions), File.ReadAllText(FilePath));
    }

    /// <summary>Long enough to be written in pieces, if it were.</summary>
    private static string TextOf(int version) => string.Concat(Enumerable.Repeat($"{version:D4}\n", 4096));

    [Fact]
    public void What_fails_leaves_the_file_before_it_and_nothing_beside_it()
    {
        WholeFile.WriteText(FilePath, "before");

        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(FilePath, _ => throw new InvalidOperationException()));

        Assert.Equal("before", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }
}
