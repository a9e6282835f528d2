using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class ChainTests : PipelineTest
{
    private static readonly CampaignSpec Campaign = TinyRun.Campaign with
    {
        Protocols = [ProtocolSpec.Strict, ProtocolSpec.AsPublished],
        Evaluation = new EvaluationSpec { BatchSize = 2, ShardSize = 4 },
        Probes = new ProbeSpec { WeightGradients = true, RandomPerturbations = 1 },
    };

    [Theory]
    [InlineData(1, TinyRun.TimeSteps)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    public async Task A_chain_through_actors_has_the_bits_of_one_through_the_library_and_leaves_the_network_as_it_was(int groups, int window)
    {
        var context = TinyRun.Context(Folder, groups, window, Campaign);
        var cells = CampaignPlan.Cells(Campaign, context.Run).ToList();
        var strict = TinyRun.Slice(context, cells.Where(cell => cell.Protocol.Name == "strict"));
        var chain = cells.Select(cell => cell.Chain).First(chain => chain is not null)!.Value;
        var supervisor = CreateTestProbe();
        var pipeline = await StartAsync(supervisor, context);

        var before = await DoAsync<SliceMeasured>(supervisor, pipeline, strict);
        var first = await DoAsync<LinkMeasured>(supervisor, pipeline, new MeasureLink(new LinkId(chain, 0), null));
        var second = await DoAsync<LinkMeasured>(supervisor, pipeline, new MeasureLink(new LinkId(chain, 1), first.Statistics));
        var after = await DoAsync<SliceMeasured>(supervisor, pipeline, strict);

        Assert.Equal(before.Shards.Select(Bytes), after.Shards.Select(Bytes));
        Assert.Equal(ThroughTheLibrary(context, chain), first.Shards.Concat(second.Shards).Select(Bytes));
        Assert.Equal(groups, second.Statistics.Files.Count);
    }

    private static List<string> ThroughTheLibrary(RunContext context, ChainId chain)
    {
        set_num_threads(1);
        var data = context.Data;
        var network = Network.Create(
            context.Run.Network, [data.Test.Channels, data.Test.Height, data.Test.Width], data.Test.Classes, context.Run.Seed);
        using var pipeline = new LocalPipeline(network, Campaign.Training.Optimizer);
        var cells = CampaignPlan.Cells(Campaign, context.Run).Where(cell => cell.Chain == chain).ToList();
        var setting = new TestSetting(
            ProtocolSpec.AsPublished, Encoder.Create(context.Run.DataSet), data.Test, Campaign.Evaluation.BatchSize, context.Run.Seed, ScalarType.Float32)
        {
            Probes = Campaign.Probes,
        };
        var measured = new List<string>();
        for (var index = 0; index < 2; index++)
        {
            var link = new AttackShard(setting, [.. cells.Select(cell => Attack.Create(cell.Attack, cell.Epsilon)!)], (4 * index)..(4 * index + 4));
            pipeline.Run(link);
            measured.AddRange(cells.Zip(link.Measurements, (cell, measurement) => Bytes(new ShardMeasured(new ShardId(cell.Id, index), measurement))));
        }

        return measured;
    }

    private static string Bytes(ShardMeasured measured) => System.Text.Encoding.UTF8.GetString(MessageCodec.Encode(measured));
}
