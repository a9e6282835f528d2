using SpikeTrail.ChaosCampaign;

namespace SpikeTrail.Integration.Tests;

/// <summary>The short form of tests/ChaosCampaign: one kill in each phase. The long form is that program itself.</summary>
public sealed class ChaosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-chaos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_campaign_killed_in_every_phase_and_resumed_comes_to_the_same_bytes_with_nothing_done_twice()
    {
        var output = new StringWriter();

        var faults = await new Chaos(Path.Combine(AppContext.BaseDirectory, "spiketrail.dll"), _folder, seed: 1, output).RunAsync(kills: 4);

        Assert.True(faults.Count == 0, output.ToString());
    }
}
