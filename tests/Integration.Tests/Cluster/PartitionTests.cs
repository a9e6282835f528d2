namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>Nodes that lose sight of each other: never do two parts write to a campaign, and it ends with the bytes of one machine.</summary>
[Trait("Category", "Slow")]
public sealed class PartitionTests
{
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0, "the supervisor's node")]
    [InlineData(1, "a worker")]
    public async Task A_node_is_cut_off_for_a_minute(int cutOff, string who)
    {
        using var network = Namespaces.TryMake(3, out var whyNot);
        Assert.SkipWhen(network is null, whyNot);
        await using var cluster = new ProcessCluster(TrialCampaign.Spread, places: network!.Places(), settings: "spiketrail.node.trusted-network=on");
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(2);
        network.Cut(cutOff);
        cluster.Tell($"{who} is cut off");
        await Task.Delay(Cut, TestContext.Current.CancellationToken);
        network.Mend(cutOff);
        cluster.Tell($"{who} is reachable again");

        await cluster.EndAsync(seenFrom: cluster.Nodes[2]);
        await cluster.UntilMembersAsync(cluster.Nodes[2], 3);
    }

    [Fact]
    public async Task A_cut_that_is_shorter_than_anybody_notices_changes_nothing()
    {
        using var network = Namespaces.TryMake(3, out var whyNot);
        Assert.SkipWhen(network is null, whyNot);
        await using var cluster = new ProcessCluster(TrialCampaign.Spread, places: network!.Places(), settings: "spiketrail.node.trusted-network=on");
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        for (var times = 0; times < 2; times++)
        {
            await cluster.UntilMoreAsync(2);
            network.Cut(1);
            await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
            network.Mend(1);
            cluster.Tell("a worker was cut off for 6 s");
        }

        await cluster.EndAsync();
        await cluster.UntilMembersAsync(cluster.Nodes[2], 3);
    }
}
