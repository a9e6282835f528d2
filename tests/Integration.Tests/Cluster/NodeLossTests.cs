namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>A campaign on three real processes ends by itself, with the bytes of one machine, whatever happens to one of them.</summary>
public sealed class NodeLossTests
{
    [Fact]
    public async Task A_worker_and_then_the_supervisors_node_are_killed()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Short);
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(1);
        var worker = await BusyWorkerAsync(cluster);
        await worker.KillAsync();
        cluster.Tell($"{worker.Place.Address} is killed");
        // A node that is there again under its old address tells the others that the old one is gone, sooner than its silence.
        await cluster.StartAsync(worker);
        await cluster.UntilMoreAsync(1);

        await cluster.Nodes[0].KillAsync();
        cluster.Tell("the supervisor's node is killed");
        await cluster.StartAsync(cluster.Nodes[0]);

        await cluster.EndAsync(seenFrom: worker);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_killed_workers_work_moves_and_so_does_the_supervisor_while_they_stay_away()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Long);
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(2);
        await cluster.Nodes[1].KillAsync();
        cluster.Tell("a worker is killed");
        await cluster.UntilMoreAsync(4);
        await cluster.Nodes[0].KillAsync();
        cluster.Tell("the supervisor's node is killed");
        await cluster.StartAsync(cluster.Nodes[1]);

        await cluster.EndAsync(seenFrom: cluster.Nodes[2]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_worker_stands_still_for_30_s()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Long);
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(2);
        await FreezeAsync(cluster, cluster.Nodes[1]);

        await cluster.EndAsync();
        await cluster.UntilMembersAsync(cluster.Nodes[0], 3);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_supervisors_node_stands_still_for_30_s()
    {
        await using var cluster = new ProcessCluster(TrialCampaign.Long);
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(2);
        await FreezeAsync(cluster, cluster.Nodes[0]);

        await cluster.EndAsync(seenFrom: cluster.Nodes[1]);
        await cluster.UntilMembersAsync(cluster.Nodes[1], 3);
    }

    /// <summary>A worker that has a pipeline.</summary>
    private static async Task<NodeProcess> BusyWorkerAsync(ProcessCluster cluster)
    {
        var devices = (await cluster.Nodes[0].AskAsync("device", "show")).Split('\n');
        return cluster.Nodes.First(node => devices.Any(line =>
            line.Contains(node.Place.Address, StringComparison.Ordinal) && line.Contains($"{TrialCampaign.Name}-", StringComparison.Ordinal)));
    }

    private static async Task FreezeAsync(ProcessCluster cluster, NodeProcess node)
    {
        node.Process.Freeze();
        cluster.Tell($"{node.Place.Address} stands still");
        await Task.Delay(TimeSpan.FromSeconds(30));
        node.Process.Thaw();
        cluster.Tell($"{node.Place.Address} goes on");
    }
}
