using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Remote;

public sealed class LostNodeTests() : PipelineTest(OtherNode.Configuration)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_goes_in_the_middle_of_a_pass_takes_its_pipeline_with_it_and_leaves_no_tensor_behind(bool training)
    {
        var before = TensorsAlive();
        Sys.ActorOf(LeaseReaper.Props());
        var other = new OtherNode(Sys, Folder);
        var supervisor = CreateTestProbe();
        var context = TinyRun.Context(Path.Combine(Folder, "tiny"), groups: 3);
        var pipeline = await StartAsync(supervisor, PipelineActor.Props(context, checkpoint: null, other.Place(context, index => index == 1)));

        pipeline.Tell(training ? new TrainEpoch(1, From: null) : TinyRun.Slices(context).Last());
        await supervisor.FishForMessageAsync(message => message is WorkProgress, Patience);
        await other.DisposeAsync();
        await supervisor.FishForMessageAsync(message => message is Status.Failure { Cause: PipelineLostException }, Patience);

        await TensorsAliveBecome(before);
    }
}
