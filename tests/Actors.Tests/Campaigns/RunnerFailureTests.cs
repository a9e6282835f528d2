using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Tests.Campaigns;

/// <summary>What nothing can be done about ends the campaign with an exception, and never with silence.</summary>
public sealed class RunnerFailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Results_that_cannot_be_written_end_the_campaign()
    {
        using var campaign = new TinyCampaign();
        Directory.CreateDirectory(campaign.File("results.json"));

        var error = await Assert.ThrowsAnyAsync<Exception>(() => campaign.RunAsync(cancel: new CancellationToken(canceled: true)).WaitAsync(Patience));

        Assert.IsNotType<TimeoutException>(error);
    }

    [Fact]
    public async Task An_observer_that_throws_ends_the_campaign()
    {
        using var campaign = new TinyCampaign();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => campaign.RunAsync(observer: new ThrowingObserver()).WaitAsync(Patience));

        Assert.IsNotType<TimeoutException>(error);
    }

    private sealed class ThrowingObserver : ICampaignObserver
    {
        public void OnProgress(ProgressUpdate update) => throw new InvalidOperationException("the terminal is gone");

        public void OnFact(ICampaignFact fact, bool recovered)
        {
        }
    }
}
