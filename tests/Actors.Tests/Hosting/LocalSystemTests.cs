using Akka.Event;
using SpikeTrail.Actors.Hosting;

namespace SpikeTrail.Actors.Tests.Hosting;

public sealed class LocalSystemTests
{
    [Fact]
    public async Task The_log_lies_in_the_campaigns_folder_and_holds_the_cause_of_an_error()
    {
        using var folder = new TemporaryFolder();
        using (var system = LocalSystem.Create(folder.Path))
        {
            system.Log.Error(new InvalidOperationException("the cause"), "something went wrong");
            await system.Terminate();
        }

        var log = await File.ReadAllTextAsync(folder.File("spiketrail.log"));
        Assert.Contains("something went wrong", log, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: the cause", log, StringComparison.Ordinal);
    }
}
