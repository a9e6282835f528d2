using Akka.Cluster;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Tests.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Tests.Nodes;

public sealed class ClusterTests
{
    /// <summary>Some seconds of work for two devices.</summary>
    private static readonly CampaignSpec Longer = TinyCampaign.Spec with { Seeds = [7, 8, 9, 10] };

    /// <summary>Ten seconds and more of training on one device.</summary>
    private static readonly CampaignSpec Lasting = TinyCampaign.Chained with { Training = TinyCampaign.Spec.Training with { Epochs = 60 } };

    [Fact]
    public async Task Two_workers_share_a_campaign_and_come_to_the_bytes_of_one_machine()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        cluster.Start(NodeRole.Worker);
        cluster.Start(NodeRole.Worker);
        await cluster.SubmitAsync("shared", Longer);

        await cluster.UntilAsync("shared", details => details.Pipelines.Count(pipeline => pipeline.Work is not null) == 2);
        var end = await cluster.UntilAsync("shared", CampaignStanding.Complete);

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Longer), cluster.Results("shared"));
        Assert.Empty(end.Failures);
        Assert.Equal(new RunStatus(new RunId("narrow/fashion-mnist-mini/7"), 2, 2, 6, 6, GivenUp: false), end.Runs[0]);
    }

    [Fact]
    public async Task Samples_are_the_bytes_of_one_machine()
    {
        var spec = TinyCampaign.Spec with { Samples = 2 };
        using var alone = new TinyCampaign(spec);
        await alone.RunAsync();
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        cluster.Start(NodeRole.Worker);
        await cluster.SubmitAsync("sampled", spec);

        await cluster.UntilAsync("sampled", CampaignStanding.Complete);

        Assert.Equal(await File.ReadAllBytesAsync(alone.File("samples.json")), await File.ReadAllBytesAsync(Path.Combine(cluster.FolderOf("sampled"), "samples.json")));
    }

    [Fact]
    public async Task A_lost_workers_work_is_done_by_the_rest()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        var lost = cluster.Start(NodeRole.Worker);
        await cluster.SubmitAsync("moved");
        await cluster.UntilAsync("moved", details => details.Summary.Done > 0);
        cluster.Start(NodeRole.Worker);

        await lost.System.Terminate();
        var end = await cluster.UntilAsync("moved", CampaignStanding.Complete);

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), cluster.Results("moved"));
        Assert.Empty(end.Failures);
    }

    [Fact]
    public async Task A_network_cut_over_two_nodes_comes_to_the_bytes_of_one_machine()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        cluster.Start(NodeRole.Worker);
        cluster.Start(NodeRole.Worker);
        await cluster.UntilAsync(() => cluster.AskAsync<DeviceList>(new ListDevices()), list => list.Devices.Count == 2);
        await cluster.SubmitAsync("cut", Lasting, TinyCampaign.Layout with { LayerGroups = 3, Spread = PipelineSpread.Devices });

        await cluster.UntilAsync("cut", details => details.Pipelines.SelectMany(pipeline => pipeline.Groups).Select(group => group.Device).Distinct().Count() == 2);
        await cluster.UntilAsync("cut", CampaignStanding.Complete);

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Lasting), cluster.Results("cut"));
    }

    [Fact]
    public async Task A_pipeline_is_moved_to_another_device_and_goes_on_there()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor, NodeRole.Worker);
        await cluster.SubmitAsync("moving", Lasting);
        var started = await cluster.UntilAsync("moving", details => details.Pipelines is [{ Groups.Count: 2, Work: not null }]);
        var pipeline = started.Pipelines[0].Pipeline;
        var elsewhere = cluster.Start(NodeRole.Worker);
        var devices = await cluster.UntilAsync(() => cluster.AskAsync<DeviceList>(new ListDevices()), list => list.Devices.Count == 2);
        var to = devices.Devices.Single(device => device.Device.Node == elsewhere.Address).Device;

        Assert.Contains("no such device", (await cluster.AskAsync<RequestRefused>(new MovePipeline(pipeline, null, new DeviceId("nowhere", "cpu")))).Reason, StringComparison.Ordinal);
        Assert.Contains("no such pipeline", (await cluster.AskAsync<RequestRefused>(new MovePipeline("none", null, to))).Reason, StringComparison.Ordinal);
        await cluster.AskAsync<RequestDone>(new MovePipeline(pipeline, Group: 1, to));
        await cluster.UntilAsync("moving", details => details.Pipelines is [{ Groups: [_, var second] }] && second.Device == to);

        await cluster.UntilAsync("moving", CampaignStanding.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Lasting), cluster.Results("moving"));
    }

    [Fact]
    public async Task Another_supervisor_takes_over_from_the_journal()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Worker);
        var first = cluster.Start(NodeRole.Supervisor);
        await cluster.SubmitAsync("taken-over");
        await cluster.UntilAsync("taken-over", details => details.Summary.Done > 0);
        await cluster.SubmitAsync("cancelled", Lasting);
        var cancelled = await cluster.UntilAsync("cancelled", details => details.Summary.Total > 0);
        await cluster.AskAsync<RequestDone>(new CancelCampaign(new CampaignId("cancelled")));
        await cluster.UntilAsync("cancelled", details => details.Summary is { Standing: CampaignStanding.Cancelled, Note: null } && details.Pipelines.Count == 0);
        cluster.Start(NodeRole.Supervisor);

        await first.System.Terminate();
        await cluster.UntilAsync("taken-over", CampaignStanding.Complete);

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), cluster.Results("taken-over"));
        // What was known of it when it was cancelled is known after the failover.
        Assert.Equal(cancelled.Summary.Total, (await cluster.AskAsync<CampaignDetails>(new ShowCampaign(new CampaignId("cancelled")))).Summary.Total);
    }

    [Fact]
    public async Task A_campaign_that_no_worker_is_there_for_says_so()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        await cluster.SubmitAsync("waiting");

        await cluster.UntilAsync("waiting", details => details.Summary is { Standing: CampaignStanding.Waiting, Note: "no worker has joined" });
    }

    [Fact]
    public async Task A_leaving_worker_hands_over_after_the_work_in_hand_and_nothing_is_lost()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor);
        var leaving = cluster.Start(NodeRole.Worker);
        await cluster.SubmitAsync("drained", Lasting);
        await cluster.UntilAsync("drained", details => details.Pipelines.Any(pipeline => pipeline.Work is not null));
        cluster.Start(NodeRole.Worker);

        Cluster.Get(cluster.Nodes[0].System).Leave(Cluster.Get(leaving.System).SelfAddress);
        await leaving.System.WhenTerminated.WaitAsync(TimeSpan.FromMinutes(1));
        await cluster.UntilAsync("drained", CampaignStanding.Complete);

        Assert.False(leaving.WasExpelled);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Lasting), cluster.Results("drained"));
    }

    [Fact]
    public async Task Operators_pause_resume_cancel_and_are_told_what_cannot_be()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor, NodeRole.Worker);
        var id = new CampaignId("ordered");
        await cluster.SubmitAsync("ordered", Longer);
        await cluster.UntilAsync("ordered", CampaignStanding.Running);

        Assert.Contains("there is such a campaign", (await cluster.AskAsync<RequestRefused>(new SubmitCampaign(id, TinyCampaign.Spec, TinyCampaign.Layout))).Reason, StringComparison.Ordinal);
        Assert.Contains("not paused", (await cluster.AskAsync<RequestRefused>(new ResumeCampaign(id))).Reason, StringComparison.Ordinal);
        await cluster.AskAsync<RequestDone>(new PauseCampaign(id));
        await cluster.UntilAsync("ordered", details => details.Summary.Standing == CampaignStanding.Paused && details.Pipelines.Count == 0);
        await cluster.UntilAsync(() => cluster.AskAsync<DeviceList>(new ListDevices()), list => list.Devices.All(device => device.Users.Count == 0));
        Assert.Contains("is paused", (await cluster.AskAsync<RequestRefused>(new PauseCampaign(id))).Reason, StringComparison.Ordinal);

        await cluster.AskAsync<RequestDone>(new ResumeCampaign(id));
        await cluster.UntilAsync("ordered", CampaignStanding.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(Longer), cluster.Results("ordered"));
        Assert.Contains("complete already", (await cluster.AskAsync<RequestRefused>(new CancelCampaign(id))).Reason, StringComparison.Ordinal);

        await cluster.SubmitAsync("another");
        await cluster.AskAsync<RequestDone>(new CancelCampaign(new CampaignId("another")));
        var list = await cluster.AskAsync<CampaignList>(new ListCampaigns());
        Assert.Equal([CampaignStanding.Complete, CampaignStanding.Cancelled], list.Campaigns.Select(campaign => campaign.Standing));
    }

    [Fact]
    public async Task A_campaign_whose_data_are_missing_is_refused_with_the_reason()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor, NodeRole.Worker);
        await cluster.SubmitAsync("no-data", TinyCampaign.Spec with { DataSets = [new DataSetSpec { Name = "cifar-10" }] });

        var refused = await cluster.UntilAsync("no-data", CampaignStanding.Refused);

        Assert.Contains("cifar-10", refused.Summary.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_campaigns_share_two_devices()
    {
        await using var cluster = new TestCluster();
        cluster.Start(NodeRole.Supervisor, NodeRole.Worker);
        cluster.Start(NodeRole.Worker);
        await cluster.SubmitAsync("first", TinyCampaign.Spec with { Seeds = [.. Enumerable.Range(1, 100)] });
        await cluster.UntilAsync("first", details => details.Pipelines.Count == 2);

        await cluster.SubmitAsync("second");
        await cluster.UntilAsync("second", CampaignStanding.Complete);

        Assert.NotEqual(CampaignStanding.Complete, (await cluster.UntilAsync("first", _ => true)).Summary.Standing);
        await cluster.AskAsync<RequestDone>(new CancelCampaign(new CampaignId("first")));
    }
}
