using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>An actor system with the shipped dispatchers and bindings, and with the test in the supervisor's place.</summary>
public abstract class PipelineTest(string config = "") : TestKit(
    ConfigurationFactory.ParseString(config)
        .WithFallback(ConfigurationFactory.ParseString("""
            akka.loggers = []
            akka.loglevel = OFF
            akka.test.single-expect-default = 60s
            """))
        .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/akka.conf")))
        .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/serialization.conf"))))
{
    /// <summary>Long enough for any machine; no test waits for it to pass.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    private protected string Folder => _folder.Path;

    private protected static string PathOf(TestProbe probe) => Akka.Serialization.Serialization.SerializedActorPath(probe.Ref);

    /// <summary>How many tensors there are, less those that earlier tests left to the garbage collector.</summary>
    private protected static long TensorsAlive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private protected Task TensorsAliveBecome(long expected) =>
        AwaitAssertAsync(() => Assert.Equal(expected, Tensor.TotalCount), Patience, TimeSpan.FromMilliseconds(20));

    /// <summary>Waits until the layer groups have freed what their last pass held, which they do after they reported.</summary>
    private protected async Task GroupsAreAtRestAsync(IActorRef pipeline, int groups)
    {
        for (var index = 0; index < groups; index++)
        {
            await Sys.ActorSelection(pipeline.Path / $"group-{index}").Ask<ActorIdentity>(new Identify(null), Patience);
        }
    }

    private protected Task<IActorRef> StartAsync(TestProbe supervisor, RunContext context, Func<LayerGroupPlan, Props>? layerGroup = null) =>
        StartAsync(supervisor, PipelineActor.Props(context, checkpoint: null, TinyRun.Place(context, layerGroup)));

    private protected Task<IActorRef> StartAsync(TestProbe supervisor, Props child) =>
        Sys.ActorOf(Props.Create(() => new ProbeSupervisor(supervisor.Ref, child))).Ask<IActorRef>(new ProbeSupervisor.GetChild(), Patience);

    /// <summary>Gives a pipeline work and waits for what it answers.</summary>
    private protected static async Task<TAnswer> DoAsync<TAnswer>(TestProbe supervisor, IActorRef pipeline, IPipelineWork work)
        where TAnswer : IWireMessage
    {
        pipeline.Tell(work, supervisor.Ref);
        return await supervisor.FishForMessageAsync(message => message is TAnswer or Status.Failure, Patience) switch
        {
            TAnswer answer => answer,
            Status.Failure failure => throw failure.Cause,
            var other => throw new InvalidOperationException($"unexpected: {other}"),
        };
    }

    /// <inheritdoc/>
    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }
}
