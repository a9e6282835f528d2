namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>The journal in a PostgreSQL server, which may go away for a while as any node may.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task The_server_is_restarted_in_mid_campaign()
    {
        using var server = PostgresServer.TryStart(out var whyNot);
        Assert.SkipWhen(server is null, whyNot);
        await using var cluster = Cluster(server!, TrialCampaign.Short, "supervisor", "worker");
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(1);
        server!.Restart("fast");
        cluster.Tell("the server was restarted");

        await cluster.EndAsync();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_server_crashes_and_comes_back_and_stays_away_for_a_while()
    {
        using var server = PostgresServer.TryStart(out var whyNot);
        Assert.SkipWhen(server is null, whyNot);
        await using var cluster = Cluster(server!, TrialCampaign.Long, "supervisor", "worker", "worker");
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(1);
        server!.Restart("immediate");
        cluster.Tell("the server crashed and is back");
        await cluster.UntilMoreAsync(6);
        server.Stop();
        cluster.Tell("the server is stopped");
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        // What is asked for meanwhile is refused in a line, and not half done.
        var refused = await cluster.Nodes[1].CommandAsync("campaign", "start", "demo", "-n", "meanwhile");
        cluster.Tell($"campaign start: exit code {refused.ExitCode}: {refused.Error.TrimEnd()}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("journal", refused.Error, StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        server.Start();
        cluster.Tell("the server is back");

        await cluster.EndAsync();
        Assert.DoesNotContain("meanwhile", await cluster.Nodes[0].AskAsync("campaign", "list"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(cluster.Campaigns, "meanwhile")));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_worker_and_then_the_supervisors_node_are_killed()
    {
        using var server = PostgresServer.TryStart(out var whyNot);
        Assert.SkipWhen(server is null, whyNot);
        await using var cluster = Cluster(server!, TrialCampaign.Long, ProcessCluster.SupervisorAndTwoWorkers);
        await cluster.StartAsync();
        await cluster.SubmitAsync();

        await cluster.UntilMidEpochAsync(2);
        await cluster.Nodes[1].KillAsync();
        cluster.Tell("a worker is killed");
        await cluster.StartAsync(cluster.Nodes[1]);
        await cluster.UntilMoreAsync(4);
        await cluster.Nodes[0].KillAsync();
        cluster.Tell("the supervisor's node is killed");
        await cluster.StartAsync(cluster.Nodes[0]);

        await cluster.EndAsync();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Nodes_that_are_started_before_the_server_wait_for_it()
    {
        using var server = PostgresServer.TryStart(out var whyNot);
        Assert.SkipWhen(server is null, whyNot);
        server!.Stop();
        await using var cluster = Cluster(server, TrialCampaign.Short, "supervisor", "worker");
        await cluster.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var refused = await cluster.Nodes[0].CommandAsync("campaign", "list");
        cluster.Tell($"campaign list: exit code {refused.ExitCode}: {refused.Output}{refused.Error.TrimEnd()}");
        server.Start();
        cluster.Tell("the server is there");

        for (var left = 60; left > 0 && (await cluster.Nodes[0].CommandAsync("campaign", "list")).ExitCode != 0; left--)
        {
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }

        await cluster.SubmitAsync();
        await cluster.EndAsync();
    }

    private static ProcessCluster Cluster(PostgresServer server, Trial trial, params string[] roles) => new(
        trial, roles, places: null, server.Journal(), "spiketrail.node.journal.provider=postgresql", $"spiketrail.node.journal.connection=\"{server.Connection}\"");
}
