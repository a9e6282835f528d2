using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Layouts;

/// <summary>A way to lay a network out. It is given the same work as every other.</summary>
internal interface ILayout : IDisposable
{
    string Name { get; }

    /// <summary>Trains an epoch and attacks a shard.</summary>
    Task<PassTimes> WorkAsync(int round);
}

/// <summary>One group and no actors: the library.</summary>
internal sealed class PlainLayout(RunContext context) : ILayout
{
    private readonly LocalPipeline _pipeline = new(
        Network.Create(context.Run.Network, Work.InputShape, Work.Classes, seed: 1).Cut(1, context.Campaign.Training.Optimizer), context.Pipeline.Window);

    public string Name => $"plain, window {context.Pipeline.Window}";

    public Task<PassTimes> WorkAsync(int round)
    {
        var times = new TaskCompletionSource<PassTimes>();

        // A thread of its own, as an actor's: libtorch's thread count is per thread.
        new Thread(() =>
        {
            set_num_threads(context.Pipeline.ThreadsPerGroup);
            var (run, data, encoder) = (context.Run, context.Data, Encoder.Create(context.Run.DataSet));
            var training = new TrainingEpoch(context.Campaign.Training, encoder, data.Training, run.Seed, round, ScalarType.Float32);
            var setting = new TestSetting(ProtocolSpec.Strict, encoder, data.Test, context.Campaign.Evaluation.BatchSize, run.Seed, ScalarType.Float32);
            var attack = new AttackShard(setting, [Attack.Create(Work.Attack, Work.Epsilon)!], ..);
            times.SetResult(PassTimes.From(Run(training), Run(attack), TimeProvider.System));
        }).Start();
        return times.Task;
    }

    public void Dispose() => _pipeline.Dispose();

    private List<long> Run(IPassJob job)
    {
        var ends = new List<long>();
        foreach (var pass in job.Passes())
        {
            _pipeline.Run(pass);
            ends.Add(TimeProvider.System.GetTimestamp());
        }

        return ends;
    }
}

/// <summary>A pipeline of actors, some of whose groups may be in another process.</summary>
internal sealed class ActorLayout : ILayout
{
    private readonly RunContext _context;
    private readonly IActorRef _client;

    private ActorLayout(string name, RunContext context, IActorRef client) => (Name, _context, _client) = (name, context, client);

    public string Name { get; }

    /// <summary>Opens a pipeline.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="system">Where it lives.</param>
    /// <param name="context">What it works on.</param>
    /// <param name="other">Where its second half is; null for here.</param>
    public static async Task<ActorLayout> OpenAsync(string name, ActorSystem system, RunContext context, OtherProcess? other)
    {
        var groups = Enumerable.Range(0, context.Pipeline.LayerGroups).Select(index => index > 0 && other is not null
            ? new GroupPlace(new DeviceId(other.Address, "cpu"), other.Worker)
            : new GroupPlace(new DeviceId("here", "cpu"), Worker: null));
        var place = new PipelinePlace("bench", Work.Campaign, Client: null, [.. groups], Cut: null, LayerGroupActor.Props);
        var client = system.ActorOf(Client.Props(PipelineActor.Props(context, checkpoint: null, place)));
        await client.Ask<PipelineOpened>(new Client.WhenOpened());
        return new ActorLayout(name, context, client);
    }

    public async Task<PassTimes> WorkAsync(int round)
    {
        var epoch = await _client.Ask<Client.Ends>(new TrainEpoch(round, From: null));
        var slice = await _client.Ask<Client.Ends>(Work.AttackedSlice(_context));
        return PassTimes.From([.. epoch.Passes.Take(Work.TrainingPasses)], slice.Passes, TimeProvider.System);
    }

    /// <summary>What its layer groups said last.</summary>
    public Task<IReadOnlyList<LayerGroupStatus>> StatusAsync() => _client.Ask<IReadOnlyList<LayerGroupStatus>>(new Client.LastStatus());

    public void Dispose() => _client.Tell(PoisonPill.Instance);

    /// <summary>Gives a pipeline work, and notes when each pass ended.</summary>
    private sealed class Client : ReceiveActor
    {
        private readonly List<long> _ends = [];
        private readonly SortedDictionary<int, LayerGroupStatus> _status = [];
        private PipelineOpened? _opened;
        private IActorRef _asks = ActorRefs.Nobody;

        public Client(Props pipeline)
        {
            var child = Context.ActorOf(pipeline, "pipeline");
            Receive<WhenOpened>(_ =>
            {
                _asks = Sender;
                Answer();
            });
            Receive<PipelineOpened>(opened =>
            {
                _opened = opened;
                Answer();
            });
            Receive<IPipelineWork>(work =>
            {
                _ends.Clear();
                _asks = Sender;
                child.Tell(work);
            });
            Receive<WorkProgress>(_ => _ends.Add(TimeProvider.System.GetTimestamp()));
            Receive<EpochTrained>(_ => _asks.Tell(new Ends([.. _ends])));
            Receive<SliceMeasured>(_ => _asks.Tell(new Ends([.. _ends])));
            Receive<LayerGroupStatus>(status => _status[status.Group] = status);
            Receive<LastStatus>(_ => Sender.Tell(_status.Values.ToList()));
            Receive<PipelinePulse>(_ => { });
        }

        public static Props Props(Props pipeline) => Akka.Actor.Props.Create(() => new Client(pipeline));

        private void Answer()
        {
            if (_opened is not null)
            {
                _asks.Tell(_opened);
            }
        }

        public sealed record WhenOpened : INoSerializationVerificationNeeded;

        public sealed record LastStatus : INoSerializationVerificationNeeded;

        public sealed record Ends(IReadOnlyList<long> Passes) : INoSerializationVerificationNeeded;
    }
}
