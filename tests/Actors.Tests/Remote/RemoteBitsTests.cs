using Akka.Actor;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>A network whose three layer groups sit on two nodes, against the same network as one plain group.</summary>
public sealed class RemoteBitsTests() : TwoNodes("spiketrail.frames { chunk-size = 1000 b, chunks-in-flight = 2 }")
{
    [Theory]
    [InlineData(1)]
    [InlineData(TinyRun.TimeSteps)]
    public async Task A_network_cut_over_two_nodes_computes_the_bits_of_one_group(int window)
    {
        var context = TinyRun.Context(Folder, groups: 3, window);
        IActorRef[] groups =
        [
            Here.ActorOf(LayerGroupActor.Props(context.Group(0)), "group-0"),
            Seen(Here, There.ActorOf(LayerGroupActor.Props(context.Group(1)), "group-1")),
            Here.ActorOf(LayerGroupActor.Props(context.Group(2)), "group-2"),
        ];
        var ring = await StartRingAsync(groups, window);
        var actual = new List<string>();
        foreach (var job in Jobs(context))
        {
            await RunAsync(ring, job);
            actual.Add(Digest(job));
        }

        Assert.Equal(Expected(), actual);
    }

    private static List<string> Expected()
    {
        set_num_threads(1);
        var context = TinyRun.Context(folder: "", groups: 1);
        var data = context.Data.Training;
        using var pipeline = new LocalPipeline(
            Network.Create(context.Run.Network, [data.Channels, data.Height, data.Width], data.Classes, context.Run.Seed), context.Campaign.Training.Optimizer);
        var digests = new List<string>();
        foreach (var job in Jobs(context))
        {
            pipeline.Run(job);
            digests.Add(Digest(job));
        }

        return digests;
    }

    /// <summary>Training, a test of what was trained, and an attack on it.</summary>
    private static IEnumerable<IPassJob> Jobs(RunContext context)
    {
        var (campaign, run, data) = (context.Campaign, context.Run, context.Data);
        var encoder = Encoder.Create(run.DataSet);
        yield return new TrainingEpoch(campaign.Training, encoder, data.Training, run.Seed, 1, ScalarType.Float32);
        yield return new CleanTest(encoder, data.Test, campaign.Evaluation.BatchSize, run.Seed, ScalarType.Float32);
        var setting = new TestSetting(ProtocolSpec.Strict, encoder, data.Test, campaign.Evaluation.BatchSize, run.Seed, ScalarType.Float32);
        yield return new AttackShard(setting, [Attack.Create(campaign.Attacks[1], 8)!], ..);
    }

    private static string Digest(IPassJob job) => job is AttackShard shard
        ? Convert.ToHexString(MessageCodec.Encode(new ShardMeasured(default, shard.Measurements.Single())))
        : $"{BitConverter.DoubleToInt64Bits(job.Totals.MeanLoss)} {job.Totals.Accuracy}";
}
