using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// One live network: a child per layer group, in a row. Turns a piece of work ("train epoch 3", "measure shard 17")
/// into passes, runs them one after another through the children, and answers its parent with the fact that the work is
/// done. Its memory is the children's weights alone: when anything in it fails, all of it is replaced from the last
/// checkpoint.
/// </summary>
public sealed class PipelineActor : ReceiveActor, IWithUnboundedStash
{
    private readonly RunContext _context;
    private readonly CheckpointManifest? _checkpoint;
    private readonly Func<LayerGroupPlan, Props> _layerGroup;
    private readonly Encoder _encoder;
    private readonly ScalarType _type;
    private readonly Dictionary<CellId, CellPlan> _cells;
    private readonly List<IActorRef> _groups = [];

    private FrameExchange? _frames;
    private long _passes;
    private JobRun? _job;
    private PassRun? _pass;

    public PipelineActor(RunContext context, CheckpointManifest? checkpoint, Func<LayerGroupPlan, Props> layerGroup)
    {
        (_context, _checkpoint, _layerGroup) = (context, checkpoint, layerGroup);
        _encoder = Encoder.Create(context.Run.DataSet);
        _type = context.Run.Network.Precision.ToScalarType();
        _cells = CampaignPlan.Cells(context.Campaign, context.Run).ToDictionary(cell => cell.Id);
        Preparing();
    }

    /// <summary>Work that came before every layer group was ready.</summary>
    public IStash Stash { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="context">What it works on.</param>
    /// <param name="checkpoint">What it starts from; null for its file's or the seed's weights.</param>
    /// <param name="layerGroup">How its children are made; <see cref="LayerGroupActor.Props"/> but in tests.</param>
    public static Props Props(RunContext context, CheckpointManifest? checkpoint, Func<LayerGroupPlan, Props>? layerGroup = null) =>
        Akka.Actor.Props.Create(() => new PipelineActor(context, checkpoint, layerGroup ?? LayerGroupActor.Props))
            .WithDispatcher("spiketrail.pipeline-dispatcher");

    /// <inheritdoc/>
    protected override void PreStart()
    {
        set_num_threads(_context.Pipeline.ThreadsPerGroup);
        for (var index = 0; index < _context.Pipeline.LayerGroups; index++)
        {
            _groups.Add(Context.ActorOf(_layerGroup(_context.Group(index)), $"group-{index}"));
        }

        _frames = new FrameExchange(spikesTo: _groups[0], gradientsTo: _groups[^1], _context.Pipeline.FramesInFlight, Context.System);
        for (var index = 0; index < _groups.Count; index++)
        {
            var previous = index == 0 ? Self : _groups[index - 1];
            var next = index == _groups.Count - 1 ? Self : _groups[index + 1];
            _groups[index].Tell(new ConnectLayerGroup(PathOf(Self), PathOf(previous), PathOf(next)));
            _groups[index].Tell(new PrepareLayerGroup(_checkpoint));
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _pass?.Dispose();
        _job?.Dispose();
        _frames?.Dispose();
    }

    /// <summary>A layer group cannot be mended alone, its neighbours being in the same pass: it fails the pipeline.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    private void Preparing()
    {
        var ready = 0;
        Receive<LayerGroupReady>(_ =>
        {
            if (++ready == _groups.Count)
            {
                BecomeIdle();
                Stash.UnstashAll();
            }
        });
        Receive<LayerGroupStatus>(Context.Parent.Tell);
        Receive<IPipelineWork>(_ => Stash.Stash());
    }

    private void BecomeIdle() => Become(() =>
    {
        ReceiveEndsOfPasses();
        Receive<TrainEpoch>(Train);
        Receive<MeasureShard>(Measure);
        Receive<MeasureLink>(Measure);
    });

    private void BecomeRunning() => Become(() =>
    {
        ReceiveEndsOfPasses();
        Receive<IFrame>(frame => OnFrame(FrameExchange.Receive(frame, Sender)));
        Receive<FrameChunk>(chunk =>
        {
            if (_frames!.Receive(chunk, Sender) is { } frame)
            {
                OnFrame(frame);
            }
        });
        Receive<GradientReport>(report =>
        {
            _pass!.OnReport(report);
            GoOn();
        });
    });

    /// <summary>Waits until every group has done what it was asked to, and is ready again.</summary>
    private void BecomeAwaitingGroups(Action whenReady) => Become(() =>
    {
        var ready = 0;
        ReceiveEndsOfPasses();
        Receive<LayerGroupReady>(_ =>
        {
            if (++ready == _groups.Count)
            {
                whenReady();
            }
        });
    });

    private void BecomeWritingCheckpoint(CheckpointManifest checkpoint, Action<CheckpointManifest> whenWritten) => Become(() =>
    {
        var files = new CheckpointFile[_groups.Count];
        ReceiveEndsOfPasses();
        Receive<CheckpointWritten>(written =>
        {
            files[written.Group] = written.File;
            if (files.All(file => file is not null))
            {
                whenWritten(checkpoint with { Files = files });
            }
        });
    });

    /// <summary>What may come whatever is done: the last credits of a pass, its own request at the pipeline's end, and how groups are.</summary>
    private void ReceiveEndsOfPasses()
    {
        Receive<FrameTaken>(taken => _frames!.OnTaken(taken));
        Receive<PassRequest>(_ => { });
        Receive<LayerGroupStatus>(Context.Parent.Tell);
    }

    private void OnFrame(IFrame frame)
    {
        if (frame.Direction == Direction.Forward)
        {
            _pass!.OnOutput(frame, _frames!);
        }
        else
        {
            _pass!.OnInputGradient(frame);
        }

        GoOn();
    }

    private void Train(TrainEpoch work)
    {
        var (data, campaign, seed) = (_context.Data, _context.Campaign, _context.Run.Seed);
        var training = new TrainingEpoch(campaign.Training, _encoder, data.Training, seed, work.Epoch, _type);
        var test = new CleanTest(_encoder, data.Test, campaign.Evaluation.BatchSize, seed, _type);
        var cost = training.Cost + test.Cost;
        Run(new JobRun(training, 0, cost, whenDone: () => Run(new JobRun(test, training.Cost, cost, whenDone: () => WriteCheckpoint(work, training, test)))));
    }

    private void WriteCheckpoint(TrainEpoch work, TrainingEpoch training, CleanTest test)
    {
        var folder = Path.Combine(RunFolder, $"epoch-{work.Epoch:D4}");
        BecomeWritingCheckpoint(new CheckpointManifest(folder, work.Epoch, _context.ConfigurationHash, []), whenWritten: checkpoint =>
        {
            BecomeIdle();
            Context.Parent.Tell(new EpochTrained(
                _context.Run.Id, work.Epoch, training.Totals.MeanLoss, test.Totals.MeanLoss, test.Totals.Accuracy, checkpoint));
        });
        _groups.ForEach(group => group.Tell(new WriteCheckpoint(folder)));
    }

    private void Measure(MeasureShard work)
    {
        var cell = _cells[work.Shard.Cell];
        if (Attack.Create(cell.Attack, cell.Epsilon) is { } attack)
        {
            var attacked = new AttackShard(Setting(cell.Protocol), [attack], Slice(work.Shard.Index));
            Measure(attacked, work.Shard, () => attacked.Measurements.Single());
        }
        else
        {
            var clean = new CleanShard(Setting(cell.Protocol), Slice(work.Shard.Index));
            Measure(clean, work.Shard, () => clean.Measurement);
        }
    }

    private void Measure(IPassJob job, ShardId shard, Func<Measurement> measurement) => Run(new JobRun(job, 0, job.Cost, whenDone: () =>
    {
        BecomeIdle();
        Context.Parent.Tell(new ShardMeasured(shard, measurement()));
    }));

    /// <summary>
    /// Lends the network's running statistics to a chain: the trained ones are set aside, the chain's taken over from the
    /// link before, moved by its attacks, written down for the next link, and given up for the trained ones again.
    /// </summary>
    private void Measure(MeasureLink work)
    {
        CellPlan[] cells = [.. _cells.Values.Where(cell => cell.Chain == work.Link.Chain)];
        var attacks = cells.Select(cell => Attack.Create(cell.Attack, cell.Epsilon)!).ToList();
        var shard = new AttackShard(Setting(cells[0].Protocol), attacks, Slice(work.Link.Index));
        BecomeAwaitingGroups(whenReady: () => Run(new JobRun(shard, 0, shard.Cost, whenDone: () => WriteStatistics(work.Link, cells, shard))));
        _groups.ForEach(group => group.Tell(new SetStatisticsAside(work.Statistics)));
    }

    private void WriteStatistics(LinkId link, CellPlan[] cells, AttackShard shard)
    {
        var folder = LinkFolder(link);
        BecomeWritingCheckpoint(new CheckpointManifest(folder, _context.Campaign.Training.Epochs, _context.ConfigurationHash, []), whenWritten: statistics =>
        {
            BecomeIdle();
            Context.Parent.Tell(new LinkMeasured(
                link, [.. cells.Zip(shard.Measurements, (cell, measurement) => new ShardMeasured(new ShardId(cell.Id, link.Index), measurement))], statistics));
        });
        _groups.ForEach(group => group.Tell(new TakeStatisticsBack(folder)));
    }

    private TestSetting Setting(ProtocolSpec protocol) =>
        new(protocol, _encoder, _context.Data.Test, _context.Campaign.Evaluation.BatchSize, _context.Run.Seed, _type) { Probes = _context.Campaign.Probes };

    private Range Slice(int index)
    {
        var size = _context.Campaign.Evaluation.ShardSize;
        return (index * size)..Math.Min((index + 1) * size, _context.Data.Test.Count);
    }

    private void Run(JobRun job)
    {
        _job = job;
        BecomeRunning();
        BeginNextPass();
    }

    private void GoOn()
    {
        if (!_pass!.IsDone)
        {
            return;
        }

        _pass.Complete();
        _pass.Dispose();
        _pass = null;
        Context.Parent.Tell(_job!.Progress());
        BeginNextPass();
    }

    private void BeginNextPass()
    {
        if (_job!.Next() is { } pass)
        {
            _pass = new PassRun(pass, pass.Request with { Id = new PassId(_passes++) }, _context.Pipeline.Window, _groups.Count);
            _pass.Begin(_groups[0], _frames!);
        }
        else
        {
            var done = _job;
            _job = null;
            done.Dispose();
            done.WhenDone();
        }
    }

    private static string PathOf(IActorRef actor) => Akka.Serialization.Serialization.SerializedActorPath(actor);

    private string RunFolder => Path.Combine("checkpoints", _context.Run.Id.Value.Replace('/', '_'));

    private string LinkFolder(LinkId link) =>
        Path.Combine(RunFolder, "chains", link.Chain.Value[(_context.Run.Id.Value.Length + 1)..].Replace('/', '_'), $"link-{link.Index:D4}");
}
