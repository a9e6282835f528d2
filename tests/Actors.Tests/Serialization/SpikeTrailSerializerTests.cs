using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit;
using SpikeTrail.Actors.Serialization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Tests.Serialization;

/// <summary>The shipped bindings, in an actor system that serializes every message it delivers.</summary>
public sealed class SpikeTrailSerializerTests() : TestKit(
    ConfigurationFactory.ParseString("akka.actor.serialize-messages = on").WithFallback(ShippedBindings()))
{
    private static readonly RunId Run = new("sew-resnet18/cifar-10/3407");

    private static readonly OperationGradient Operation = new("layer1.0.conv1", "Conv2d", 3, 4, 1, 2, 0.1, 1e-300, 5);

    private static readonly IWireMessage[] Messages =
    [
        PassRequest.Training(new PassId(7), timeSteps: 4, learningRate: 0.1),
        new SpikeFrame(new PassId(7), new TimeRange(2, 1), Spikes()),
        new GradientFrame(new PassId(7), new TimeRange(0, 3), Spikes()),
        new FrameChunk(new PassId(7), Direction.Forward, Frame: 3, Offset: 0, Length: 9, new byte[] { 1, 2 }),
        new FrameTaken(new PassId(9), Direction.Forward),
        new GradientReport(new PassId(9), 1, new ProbeReport([Operation], [], [])),
        new ConnectLayerGroup("akka://spiketrail/user/a#1", "akka://spiketrail/user/b#2", "akka://spiketrail/user/a#1"),
        new PrepareLayerGroup(new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
        new LayerGroupReady(2),
        new SetStatisticsAside(null),
        new TakeStatisticsBack("checkpoints/3"),
        new WriteCheckpoint("checkpoints/3"),
        new CheckpointWritten(1, new CheckpointFile("group-1.bin", "ab")),
        new TrainEpoch(3, new EpochProgress(200, 3200, 1500, 0.5)),
        new MeasureSlice(new SliceId(Run, "strict", 17), [new CellId("a/b/1/strict/pgd/8")]),
        new SliceMeasured(new SliceId(Run, "strict", 17), [new ShardMeasured(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), Measurement.Empty)]),
        new MeasureTransfer(new SliceId(Run, "strict", 17), [new CellId("a/b/1/strict/borrowed/8")], [new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("images.bytes", "ab")])]),
        new ImagesKept(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("images.bytes", "ab")])),
        new MeasureLink(new LinkId(new ChainId("a/b/1/as-published/8"), 17), null),
        new WorkProgress(3, 4, 0.5, 0.25, 0.125),
        new CampaignAccepted("00ff", """{"name":"demo"}"""),
        new EpochCheckpointed(Run, 3, new EpochProgress(200, 3200, 1500, 0.5), new CheckpointManifest("checkpoints/3", 2, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
        new EpochTrained(Run, 3, double.NaN, 1.5, 0.25, new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
        new CheckpointRefused(Run, "checkpoints/3", "group-0.bin: missing"),
        new ShardMeasured(new ShardId(new CellId("a/b/1/strict/pgd/8"), 17), Measurement.Empty with { Operations = [Operation] }),
        new LinkMeasured(
            new LinkId(new ChainId("a/b/1/as-published/8"), 17),
            [new ShardMeasured(new ShardId(new CellId("a/b/1/as-published/pgd/8"), 17), Measurement.Empty)],
            new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")])),
        new CellCompleted(new CellId("a/b/1/strict/pgd/8"), 3, 4, 0.5),
        new WorkFailed(Run, "epoch 3", 1, "out of memory", GaveUp: true),
        new CampaignCompleted(),
    ];

    [Fact]
    public async Task Every_message_goes_through_an_actor_and_arrives_equal()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        foreach (var sent in Messages)
        {
            echo.Tell(sent, TestActor);
            var received = await ExpectMsgAsync<IWireMessage>();
            Assert.NotSame(sent, received);
            Assert.IsType(sent.GetType(), received);
            Assert.Equal(MessageCodec.Encode(sent), MessageCodec.Encode(received));
        }
    }

    [Fact]
    public async Task Content_that_lives_in_the_process_arrives_packed()
    {
        Sys.ActorOf(Props.Create(() => new Echo())).Tell(new SpikeFrame(new PassId(1), new TimeRange(0, 1), new LiveContent()), TestActor);
        var received = await ExpectMsgAsync<SpikeFrame>();
        Assert.Equal([1L, 3], Assert.IsType<PackedTensor>(received.Content).Shape);
    }

    [Fact]
    public void Every_message_for_the_wire_is_in_the_table()
    {
        var types = new[] { typeof(IWireMessage).Assembly, typeof(SpikeTrailSerializer).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => typeof(IWireMessage).IsAssignableFrom(type) && !type.IsAbstract)
            .ToHashSet();
        Assert.Equal(types, MessageCodec.Manifests.Keys.ToHashSet());
        Assert.All(types, type => Assert.IsType<SpikeTrailSerializer>(Sys.Serialization.FindSerializerForType(type)));
    }

    [Fact]
    public void An_object_without_a_format_does_not_leave_the_process()
    {
        var serializer = Sys.Serialization.FindSerializerForType(typeof(RunId));
        var thrown = Assert.Throws<SerializationException>(() => serializer.ToBinary(Run));
        Assert.Contains(nameof(RunId), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_message_are_a_serialization_error()
    {
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([1, 2, 3], 7301, "spike-frame/1"));
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([1, 2, 3], 7301, "no-such-message/1"));
    }

    private static PackedTensor Spikes() => new([1, 3], ElementType.Float32, TensorCodec.Encode([1f, 0, 1]));

    private static Config ShippedBindings()
    {
        using var stream = typeof(SpikeTrailSerializer).Assembly.GetManifestResourceStream("hocon/serialization.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class LiveContent : FrameContent, IPackableContent
    {
        public PackedTensor Pack() => Spikes();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
