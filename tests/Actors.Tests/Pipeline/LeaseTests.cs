using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class LeaseTests : PipelineTest
{
    [Fact]
    public void A_lease_is_taken_once()
    {
        using var lease = new TensorLease(ones(2));
        using var taken = lease.Take();

        Assert.Throws<InvalidOperationException>(lease.Take);
        lease.Dispose();
        Assert.False(taken.IsInvalid);
    }

    [Fact]
    public void A_lease_that_nobody_took_is_freed_with_its_message()
    {
        var before = TensorsAlive();
        var lease = new TensorLease(ones(2));

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Throws<InvalidOperationException>(lease.Take);
    }

    [Fact]
    public void A_lease_outlives_the_dispose_scope_it_was_made_in()
    {
        TensorLease lease;
        using (NewDisposeScope())
        {
            lease = new TensorLease(ones(2));
        }

        using var taken = lease.Take();
        Assert.False(taken.IsInvalid);
    }

    [Fact]
    public void Of_many_threads_that_reach_for_a_lease_one_gets_it()
    {
        for (var round = 0; round < 200; round++)
        {
            using var lease = new TensorLease(ones(1));
            var taken = new Tensor?[4];
            Parallel.For(0, taken.Length, i =>
            {
                try
                {
                    taken[i] = lease.Take();
                }
                catch (InvalidOperationException)
                {
                    // Another thread was first.
                }
            });

            using var one = Assert.Single(taken, tensor => tensor is not null);
        }
    }

    [Fact]
    public async Task A_frame_that_becomes_a_dead_letter_is_freed()
    {
        await StartReaperAsync();
        var gone = Sys.ActorOf(Props.Empty);
        await WatchAsync(gone);
        Sys.Stop(gone);
        await ExpectTerminatedAsync(gone);
        var before = TensorsAlive();

        gone.Tell(new SpikeFrame(default, new TimeRange(0, 1), new TensorLease(ones(2))));
        gone.Tell(new GradientFrame(default, new TimeRange(0, 1), new TensorLease(ones(2))));

        await TensorsAliveBecome(before);
    }

    [Fact]
    public async Task A_frame_that_a_pipeline_has_no_use_for_is_freed()
    {
        await StartReaperAsync();
        var supervisor = CreateTestProbe();
        var pipeline = await StartAsync(supervisor, TinyRun.Context(Folder));
        await DoAsync<SliceMeasured>(supervisor, pipeline, TinyRun.Slices(TinyRun.Context(Folder)).First());
        await GroupsAreAtRestAsync(pipeline, groups: 2);
        var before = TensorsAlive();

        pipeline.Tell(new SpikeFrame(default, new TimeRange(0, 1), new TensorLease(ones(2))));
        await pipeline.Ask<ActorIdentity>(new Identify(null), Patience);

        await TensorsAliveBecome(before);
    }

    [Theory]
    [InlineData(true, typeof(SpikeFrame))]
    [InlineData(true, typeof(GradientFrame))]
    [InlineData(false, typeof(SpikeFrame))]
    [InlineData(false, typeof(GradientFrame))]
    public async Task Stopping_a_pipeline_in_the_middle_of_a_pass_frees_everything(bool training, Type frame)
    {
        await StartReaperAsync();
        var before = TensorsAlive();
        var (arrived, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var supervisor = CreateTestProbe();
        var context = TinyRun.Context(Folder, groups: 3);
        var pipeline = await StartAsync(supervisor, context, TappedGroup.Each((plan, message) =>
        {
            // The middle group's door closes on the second frame of the second pass.
            if (plan.Index == 1 && message.GetType() == frame && message is IFrame { Pass.Value: 1, Time.Start: 1 or 2 })
            {
                arrived.TrySetResult();
                goOn.Task.Wait(Patience);
            }
        }));

        pipeline.Tell(training ? new TrainEpoch(1, From: null) : TinyRun.Slices(context).First());
        await arrived.Task.WaitAsync(Patience);
        await supervisor.WatchAsync(pipeline);
        Sys.Stop(pipeline);
        goOn.SetResult();
        await supervisor.FishForMessageAsync(message => message is Terminated, Patience);

        await TensorsAliveBecome(before);
    }

    private async Task StartReaperAsync() =>
        await Sys.ActorOf(LeaseReaper.Props()).Ask<ActorIdentity>(new Identify(null), Patience);
}
