using Akka.Actor;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>The longest message that goes from one node to another in one piece.</summary>
public sealed class LongMessageTests() : PipelineTest(OtherNode.Configuration)
{
    [Fact]
    public async Task A_link_of_two_dozen_attacks_on_a_network_of_152_layers_arrives()
    {
        await using var other = new OtherNode(Sys, Folder);
        var received = new TaskCompletionSource<object>();
        var receiver = other.SeenFromHere(other.System.ActorOf(Props.Create(() => new Receiver(received))));
        var link = new LinkMeasured(
            new LinkId(new ChainId("sew-resnet152/cifar-10/3407/as-published/8"), 3),
            [.. Enumerable.Range(0, 24).Select(Measured)],
            new CheckpointManifest("checkpoints/3", 3, "00ff", [new CheckpointFile("group-0.bin", "ab")]));

        receiver.Tell(link);

        var sent = MessageCodec.Encode(link);
        Assert.InRange(sent.Length, 3 << 20, 4 << 20);
        Assert.Equal(sent, MessageCodec.Encode(Assert.IsType<LinkMeasured>(await received.Task.WaitAsync(Patience))));
    }

    /// <summary>As many operations and weights as the network has, with numbers as long as they get.</summary>
    private static ShardMeasured Measured(int attack)
    {
        var (zeros, norm) = (123_456_789_012, 0.12345678901234567);
        return new ShardMeasured(new ShardId(new CellId($"sew-resnet152/cifar-10/3407/as-published/attack-{attack}/8"), 3), Measurement.Empty with
        {
            Operations = [.. Enumerable.Range(0, 470).Select(layer => new OperationGradient($"layer3.{layer}.conv2", "Conv2d", zeros, zeros, zeros, zeros, norm, norm, 5))],
            Weights = [.. Enumerable.Range(0, 470).Select(layer => new WeightGradient($"layer3.{layer}.conv2.weight", zeros, zeros, norm, 5))],
        });
    }

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(TaskCompletionSource<object> received) => ReceiveAny(message => received.TrySetResult(message));
    }
}
