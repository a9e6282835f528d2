using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>Nodes come and go as operators want it: a new one takes work, one that leaves finishes what it is at.</summary>
[Trait("Category", "Slow")]
public sealed class LeaveTests
{
    [Fact]
    public async Task Workers_leave_by_command_and_by_SIGTERM_and_a_late_one_takes_their_work()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Long);
        await cluster.StartAsync(cluster.Nodes[0], cluster.Nodes[1]);
        await cluster.SubmitAsync();
        await cluster.UntilMidEpochAsync(1);

        await cluster.StartAsync(cluster.Nodes[2]);
        await UntilBusyAsync(cluster, cluster.Nodes[2]);
        cluster.Tell("the late node has work");

        cluster.Tell((await cluster.Nodes[0].AskAsync("cluster", "leave", "-a", cluster.Nodes[1].Place.Address)).TrimEnd());
        var left = await cluster.Nodes[1].Process.EndAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        cluster.Tell($"it has left: exit code {left.ExitCode}");
        Assert.Equal(0, left.ExitCode);
        Assert.EndsWith("has left\n", left.Output, StringComparison.Ordinal);

        await cluster.StartAsync(cluster.Nodes[1]);
        await UntilBusyAsync(cluster, cluster.Nodes[1]);
        left = await cluster.Nodes[2].TerminateAsync();
        cluster.Tell($"the other has left after SIGTERM: exit code {left.ExitCode}");
        Assert.Equal(0, left.ExitCode);
        Assert.EndsWith("has left\n", left.Output, StringComparison.Ordinal);

        await cluster.EndAsync();
        // What was in hand was finished, not lost: nothing was trained or measured in vain.
        Assert.Empty((await cluster.Journal.FactsAsync(TrialCampaign.Name)).OfType<WorkFailed>());
        Assert.DoesNotContain(" is lost: ", cluster.Story(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_supervisors_node_leaves_after_SIGTERM_and_another_takes_the_campaign_over()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Short);
        await cluster.StartAsync();
        await cluster.SubmitAsync();
        await cluster.UntilMidEpochAsync(1);

        var left = await cluster.Nodes[0].TerminateAsync();
        cluster.Tell($"the supervisor's node has left: exit code {left.ExitCode}");

        Assert.Equal(0, left.ExitCode);
        await cluster.EndAsync(seenFrom: cluster.Nodes[1]);
    }

    private static async Task UntilBusyAsync(ProcessCluster cluster, NodeProcess node)
    {
        for (var left = 60; left > 0; left--)
        {
            var devices = (await cluster.Nodes[0].AskAsync("device", "show")).Split('\n');
            if (devices.Any(line => line.Contains(node.Place.Address, StringComparison.Ordinal) && line.Contains($"{TrialCampaign.Name}-", StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(500);
        }

        throw new TimeoutException($"{node.Place.Address} has no work\n{cluster.Story()}");
    }
}
