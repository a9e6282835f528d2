using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// One live network: a child per layer group, in a row. Turns a piece of work ("train epoch 3", "measure slice 17")
/// into passes, runs them one after another through the layer groups, and answers its client with the fact that the work is
/// done. Its memory is the layer groups' weights alone: when anything in it fails, all of it is replaced from the last
/// checkpoint. Layer groups on its own node are its children; those on other nodes are their workers'.
/// </summary>
public sealed class PipelineActor : ReceiveActor, IWithUnboundedStash, IWithTimers
{
    /// <summary>How often whoever waits for a pipeline is told that it lives.</summary>
    internal static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(5);

    private readonly RunContext _context;
    private readonly CheckpointManifest? _checkpoint;
    private readonly PipelinePlace _place;
    private readonly IActorRef _client;
    private readonly Encoder _encoder;
    private readonly ScalarType _type;
    private readonly Dictionary<CellId, CellPlan> _cells;
    private readonly IActorRef[] _groups;

    private FrameExchange? _frames;
    private long _passes;
    private JobRun? _job;
    private PassRun? _pass;
    private ActivityContext _trace;
    private IPipelineWork? _work;

    public PipelineActor(RunContext context, CheckpointManifest? checkpoint, PipelinePlace place)
    {
        (_context, _checkpoint, _place, _client) = (context, checkpoint, place, place.Client ?? Context.Parent);
        _groups = new IActorRef[context.Pipeline.LayerGroups];
        _encoder = Encoder.Create(context.Run.DataSet);
        _type = context.Run.Network.Precision.ToScalarType();
        _cells = CampaignPlan.Cells(context.Campaign, context.Run).ToDictionary(cell => cell.Id);
        Opening();
    }

    /// <summary>Work that came before every layer group was ready.</summary>
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Time to let the client know that the pipeline lives.</summary>
    private sealed record Pulse : INoSerializationVerificationNeeded;

    /// <summary>How to make one.</summary>
    /// <param name="context">What it works on.</param>
    /// <param name="checkpoint">What it starts from; null for its file's or the seed's weights.</param>
    /// <param name="place">Where it and its layer groups live, and for whom.</param>
    public static Props Props(RunContext context, CheckpointManifest? checkpoint, PipelinePlace place) =>
        Akka.Actor.Props.Create(() => new PipelineActor(context, checkpoint, place)).WithDispatcher("spiketrail.pipeline-dispatcher");

    /// <inheritdoc/>
    protected override void PreStart()
    {
        set_num_threads(_context.Pipeline.ThreadsPerGroup);
        Timers.StartPeriodicTimer("pulse", new Pulse(), PulseInterval);
        for (var index = 0; index < _groups.Length; index++)
        {
            Open(index, _place.Groups[index]);
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

    private void Open(int index, GroupPlace place)
    {
        if (place.Worker is { } worker)
        {
            worker.Tell(_context.Open(index, _place));
            Context.Watch(worker);
        }
        else
        {
            var plan = _context.Group(index) with { Device = place.Device.Device, Cut = _place.Cut ?? _context.Pipeline.Cut, PipelineName = _place.Name };
            Self.Tell(new LayerGroupOpened(index), Context.ActorOf(_place.LayerGroup(plan), $"group-{index}"));
        }
    }

    /// <summary>Waits until every layer group is there.</summary>
    private void Opening()
    {
        ReceiveAlways();
        Receive<LayerGroupOpened>(opened =>
        {
            _groups[opened.Index] = Sender;
            if (_place.Groups[opened.Index].Worker is not null)
            {
                Context.Watch(Sender);
            }

            if (_groups.All(group => group is not null))
            {
                Connect();
                Become(Preparing);
            }
        });
        Receive<IPipelineWork>(_ => Stash.Stash());
    }

    private void Connect()
    {
        _frames = new FrameExchange(spikesTo: _groups[0], gradientsTo: _groups[^1], _context.Pipeline.FramesInFlight, Context.System);
        for (var index = 0; index < _groups.Length; index++)
        {
            var previous = index == 0 ? Self : _groups[index - 1];
            var next = index == _groups.Length - 1 ? Self : _groups[index + 1];
            _groups[index].Tell(new ConnectLayerGroup(PathOf(Self), PathOf(previous), PathOf(next)));
            _groups[index].Tell(new PrepareLayerGroup(_checkpoint));
        }
    }

    /// <summary>Waits until every layer group has its weights.</summary>
    private void Preparing()
    {
        var ready = 0;
        ReceiveAlways();
        Receive<LayerGroupReady>(_ =>
        {
            if (++ready == _groups.Length)
            {
                BecomeIdle();
                _client.Tell(new PipelineOpened(_place.Name));
                Stash.UnstashAll();
            }
        });
        Receive<IPipelineWork>(_ => Stash.Stash());
    }

    private void BecomeIdle() => Become(() =>
    {
        ReceiveAlways();
        Receive<TrainEpoch>(work => Begin(work, Train));
        Receive<MeasureSlice>(work => Begin(work, Measure));
        Receive<MeasureTransfer>(work => Begin(work, Measure));
        Receive<MeasureLink>(work => Begin(work, Measure));
        Receive<TakeSamples>(work => Begin(work, Take));
    });

    private void BecomeRunning() => Become(() =>
    {
        ReceiveAlways();
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
        ReceiveAlways();
        Receive<LayerGroupReady>(_ =>
        {
            if (++ready == _groups.Length)
            {
                whenReady();
            }
        });
    });

    private void BecomeWritingCheckpoint(CheckpointManifest checkpoint, Action<CheckpointManifest> whenWritten) => Become(() =>
    {
        var files = new CheckpointFile[_groups.Length];
        ReceiveAlways();
        Receive<CheckpointWritten>(written =>
        {
            files[written.Group] = written.File;
            if (files.All(file => file is not null))
            {
                whenWritten(checkpoint with { Files = files });
            }
        });
    });

    /// <summary>
    /// What may come at any time: what a pass leaves in the mailbox whatever comes after it (the last credits, and its own
    /// request at the pipeline's end), news of layer groups on other nodes, and the client's wish to end.
    /// </summary>
    private void ReceiveAlways()
    {
        Receive<FrameTaken>(taken => _frames!.OnTaken(taken));
        Receive<PassRequest>(_ => { });
        Receive<Pulse>(_ => _client.Tell(new PipelinePulse(_place.Name, _work?.ToString(), _passes)));
        Receive<LayerGroupStatus>(_client.Tell);
        Receive<LayerGroupFailed>(failed => throw (failed.OfStorage ? new StorageException(failed.Reason) : new InvalidOperationException(failed.Reason)));
        Receive<Terminated>(ended => throw new PipelineLostException($"{NodeName.Of(ended.ActorRef.Path.Address)} is gone"));
        Receive<PipelineLeaving>(_client.Tell);
        Receive<TracedBy>(traced => ActivityContext.TryParse(traced.Parent, null, isRemote: true, out _trace));
        Receive<ClosePipeline>(_ => Context.Stop(Self));
    }

    private void TellGroups(object message)
    {
        foreach (var group in _groups)
        {
            group.Tell(message);
        }
    }

    /// <summary>Hands the client what was done, and is ready for more.</summary>
    private void Answer(IWireMessage done)
    {
        _work = null;
        BecomeIdle();
        _client.Tell(done);
    }

    /// <summary>In as many messages as it takes.</summary>
    private void Answer(SliceMeasured done)
    {
        var parts = done.Parts();
        foreach (var part in parts.SkipLast(1))
        {
            _client.Tell(part);
        }

        Answer((IWireMessage)parts[^1]);
    }

    private void Begin<TWork>(TWork work, Action<TWork> how)
        where TWork : IPipelineWork
    {
        _work = work;
        how(work);
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

    /// <summary>
    /// Trains up to the next checkpoint, and from there as from one that was read: the way on after an interruption is the
    /// way on without one. It waits for nobody, because the client journals facts in the order they come.
    /// </summary>
    private void Train(TrainEpoch work)
    {
        var (data, campaign, seed) = (_context.Data, _context.Campaign, _context.Run.Seed);
        int? steps = _context.Pipeline.CheckpointSteps is > 0 and var some ? some : null;
        var training = new TrainingEpoch(campaign.Training, _encoder, data.Training, seed, work.Epoch, _type, work.From, steps);
        var test = new CleanTest(_encoder, data.Test, campaign.Evaluation.BatchSize, seed, _type);
        var (done, whole) = (TrainingEpoch.CostOf(work.From?.Images ?? 0), TrainingEpoch.CostOf(data.Training.Count));
        Run(new JobRun(training, done, whole + test.Cost, whenDone: () =>
        {
            if (training.IsWhole)
            {
                Run(new JobRun(test, whole, whole + test.Cost, whenDone: () => WriteCheckpoint(work, training, test)));
            }
            else
            {
                WriteStepCheckpoint(work, training.Progress);
            }
        }));
    }

    private void WriteStepCheckpoint(TrainEpoch work, EpochProgress progress)
    {
        var folder = Path.Combine(EpochFolder(work.Epoch), $"step-{progress.Steps:D6}");
        BecomeWritingCheckpoint(new CheckpointManifest(folder, work.Epoch - 1, _context.ConfigurationHash, []), whenWritten: checkpoint =>
        {
            _client.Tell(new EpochCheckpointed(_context.Run.Id, work.Epoch, progress, checkpoint));
            Train(work with { From = progress });
        });
        TellGroups(new WriteCheckpoint(folder));
    }

    private void WriteCheckpoint(TrainEpoch work, TrainingEpoch training, CleanTest test)
    {
        var folder = EpochFolder(work.Epoch);
        BecomeWritingCheckpoint(new CheckpointManifest(folder, work.Epoch, _context.ConfigurationHash, []), whenWritten: checkpoint =>
            Answer(new EpochTrained(_context.Run.Id, work.Epoch, training.Totals.MeanLoss, test.Totals.MeanLoss, test.Totals.Accuracy, checkpoint)));
        TellGroups(new WriteCheckpoint(folder));
    }

    private void Measure(MeasureSlice work)
    {
        var shard = _context.Shard([.. work.Cells.Select(cell => _cells[cell])], _context.Slice(work.Slice.Index), work.Kept);
        Run(new JobRun(shard, 0, shard.Cost, whenDone: () => Answer(Measured(work.Slice, work.Cells, shard.Measurements) with
        {
            Images = [.. from cell in work.Cells.Index() where work.Kept.Contains(cell.Item) select Keep(new ShardId(cell.Item, work.Slice.Index), shard.Images(cell.Index))],
        })));
    }

    private void Measure(MeasureTransfer work)
    {
        var shard = _context.ShardOfTransfer([.. work.Cells.Select(cell => _cells[cell])], _context.Slice(work.Slice.Index), work.Images);
        Run(new JobRun(shard, 0, shard.Cost, whenDone: () => Answer(Measured(work.Slice, work.Cells, shard.Measurements))));
    }

    private static SliceMeasured Measured(SliceId slice, IReadOnlyList<CellId> cells, IReadOnlyList<Measurement> measurements) =>
        new(slice, [.. cells.Zip(measurements, (cell, measurement) => new ShardMeasured(new ShardId(cell, slice.Index), measurement))]);

    private ImagesKept Keep(ShardId shard, byte[] images)
    {
        var folder = ImagesFolder(shard);
        var file = AttackedImages.Save(images, Path.Combine(_context.OutputFolder, folder));
        return new ImagesKept(shard, new CheckpointManifest(folder, _context.Campaign.Training.Epochs, _context.ConfigurationHash, [file]));
    }

    /// <summary>
    /// Lends the network's running statistics to a chain: the trained ones are set aside, the chain's taken over from the
    /// link before, moved by its attacks, written down for the next link, and given up for the trained ones again.
    /// </summary>
    private void Measure(MeasureLink work)
    {
        CellPlan[] cells = [.. _cells.Values.Where(cell => cell.Chain == work.Link.Chain)];
        var shard = _context.ShardOfChain(cells, _context.Slice(work.Link.Index));
        BecomeAwaitingGroups(whenReady: () => Run(new JobRun(shard, 0, shard.Cost, whenDone: () => WriteStatistics(work.Link, cells, shard))));
        TellGroups(new SetStatisticsAside(work.Statistics));
    }

    private void Take(TakeSamples work)
    {
        var samples = _context.Samples()!;
        Run(new JobRun(samples, 0, samples.Cost, whenDone: () => Answer(new SamplesTaken(_context.Run.Id, samples.Samples))));
    }

    private void WriteStatistics(LinkId link, CellPlan[] cells, AttackShard shard)
    {
        var folder = LinkFolder(link);
        BecomeWritingCheckpoint(new CheckpointManifest(folder, _context.Campaign.Training.Epochs, _context.ConfigurationHash, []), whenWritten: statistics =>
            Answer(new LinkMeasured(
                link, [.. cells.Zip(shard.Measurements, (cell, measurement) => new ShardMeasured(new ShardId(cell.Id, link.Index), measurement))], statistics)));
        TellGroups(new TakeStatisticsBack(folder));
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
        _client.Tell(_job!.Progress());
        BeginNextPass();
    }

    private void BeginNextPass()
    {
        if (_job!.Next() is { } pass)
        {
            _pass = new PassRun(pass, pass.Request with { Id = new PassId(_passes++) }, _context.Pipeline.Window, _groups.Length, _trace);
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

    private string RunFolder => Path.Combine(Checkpoint.Folder, _context.Run.Id.Value.Replace('/', '_'));

    private string EpochFolder(int epoch) => Path.Combine(RunFolder, $"epoch-{epoch:D4}");

    private string LinkFolder(LinkId link) => Path.Combine(RunFolder, "chains", WithinRun(link.Chain.Value), $"link-{link.Index:D4}");

    private string ImagesFolder(ShardId shard) => Path.Combine(RunFolder, "images", WithinRun(shard.Cell.Value), $"slice-{shard.Index:D4}");

    private string WithinRun(string id) => id[(_context.Run.Id.Value.Length + 1)..].Replace('/', '_');
}
