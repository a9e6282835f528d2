using SpikeTrail.Actors.Hosting;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Tests.Hosting;

public sealed class OutputFolderTests
{
    [Fact]
    public void A_folder_is_made_where_it_is_missing_and_can_be_taken_again_once_it_is_let_go()
    {
        using var parent = new TemporaryFolder();
        var path = parent.File("campaigns/first");

        OutputFolder.Take(path).Dispose();
        OutputFolder.Take(path).Dispose();

        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void A_folder_that_is_in_use_is_refused()
    {
        using var parent = new TemporaryFolder();
        using var held = OutputFolder.Take(parent.Path);

        var refusal = Assert.Throws<InputException>(() => OutputFolder.Take(parent.Path));

        Assert.StartsWith($"--out {parent.Path}: cannot be used", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("Does another process run a campaign there?", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_where_the_folder_should_be_is_refused()
    {
        using var parent = new TemporaryFolder();
        File.WriteAllText(parent.File("taken"), "");

        var refusal = Assert.Throws<InputException>(() => OutputFolder.Take(parent.File("taken")));

        Assert.StartsWith($"--out {parent.File("taken")}: is a file", refusal.Message, StringComparison.Ordinal);
    }
}
