namespace SpikeTrail.Integration.Tests;

[Trait("Category", "Slow")]
public sealed class InterruptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-interrupt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_interrupted_demo_goes_on_where_it_stopped()
    {
        using (var first = SpikeTrailProcess.Start(_folder, "demo"))
        {
            await first.SeesAsync("epoch 1: ");
            first.Interrupt();
            var interrupted = await first.EndAsync();

            Assert.Equal(130, interrupted.ExitCode);
            Assert.EndsWith("interrupted; run the same command again to continue\n", interrupted.Error, StringComparison.Ordinal);
        }

        var resumed = await SpikeTrailProcess.RunAsync(_folder, "demo");
        Assert.Equal(0, resumed.ExitCode);
        Assert.StartsWith("resuming: ", resumed.Output, StringComparison.Ordinal);

        var again = await SpikeTrailProcess.RunAsync(_folder, "demo");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("the demo was complete already", again.Output, StringComparison.Ordinal);
    }
}
