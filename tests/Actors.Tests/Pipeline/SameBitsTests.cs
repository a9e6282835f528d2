using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Remote;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Pipeline;

/// <summary>Two epochs, a slice of the test set in every cell, and samples: through actors, and through the plain library.</summary>
public abstract class SameBits(string config = "") : PipelineTest(config)
{
    // Computed once: it is the same for every layout.
    private static readonly Lazy<SortedDictionary<string, string>> Expected = new(() => ThroughTheLibrary(groups: 1, window: TinyRun.TimeSteps));

    private protected Task AssertSameAsync(int groups, int window) => AssertSameAsync(groups, window, Expected.Value);

    private protected Task AssertSameAsLibraryInTheSameLayoutAsync(int groups, int window) =>
        AssertSameAsync(groups, window, ThroughTheLibrary(groups, window));

    private async Task AssertSameAsync(int groups, int window, SortedDictionary<string, string> expected)
    {
        var actual = await ThroughActorsAsync(TinyRun.Context(Path.Combine(Folder, "tiny"), groups, window));

        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Empty(expected.Where(entry => entry.Value != actual[entry.Key]).Select(entry => entry.Key));
    }

    private protected virtual PipelinePlace Place(RunContext context) => TinyRun.Place(context);

    private async Task<SortedDictionary<string, string>> ThroughActorsAsync(RunContext context)
    {
        var trail = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var supervisor = CreateTestProbe();
        var pipeline = await StartAsync(supervisor, PipelineActor.Props(context, checkpoint: null, Place(context)));
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            var trained = await DoAsync<EpochTrained>(supervisor, pipeline, new TrainEpoch(epoch, From: null));
            Assert.Equal(epoch, trained.Epoch);
            Assert.Equal(context.Pipeline.LayerGroups, trained.Checkpoint.Files.Count);
            Assert.Null(Checkpoint.Damage(trained.Checkpoint, context.ConfigurationHash, context.OutputFolder));
            Add(trail, epoch, trained.TrainingLoss, trained.TestLoss, trained.CleanAccuracy);
            foreach (var file in trained.Checkpoint.Files)
            {
                using var stream = File.OpenRead(Path.Combine(context.OutputFolder, trained.Checkpoint.Folder, file.Name));
                Add(trail, epoch, SafeTensors.Read(stream, _ => true));
            }
        }

        // All cells together: the library measures each by itself.
        var slice = TinyRun.Slice(context, CampaignPlan.Cells(context.Campaign, context.Run));
        foreach (var shard in (await DoAsync<SliceMeasured>(supervisor, pipeline, slice)).Shards)
        {
            Add(trail, shard);
        }

        Add(trail, await DoAsync<SamplesTaken>(supervisor, pipeline, new TakeSamples()));
        return trail;
    }

    private static SortedDictionary<string, string> ThroughTheLibrary(int groups, int window)
    {
        set_num_threads(1);
        var trail = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var context = TinyRun.Context(folder: "", groups: 1);
        var (campaign, run, data) = (context.Campaign, context.Run, context.Data);
        var encoder = Encoder.Create(run.DataSet);
        using var pipeline = new LocalPipeline(
            Network.Create(run.Network, [data.Training.Channels, data.Training.Height, data.Training.Width], data.Training.Classes, run.Seed)
                .Cut(groups, campaign.Training.Optimizer),
            window);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            var training = new TrainingEpoch(campaign.Training, encoder, data.Training, run.Seed, epoch, ScalarType.Float32);
            var test = new CleanTest(encoder, data.Test, campaign.Evaluation.BatchSize, run.Seed, ScalarType.Float32);
            pipeline.Run(training);
            pipeline.Run(test);
            Add(trail, epoch, training.Totals.MeanLoss, test.Totals.MeanLoss, test.Totals.Accuracy);
            Add(trail, epoch, pipeline.Groups.SelectMany(group => group.State));
        }

        var setting = new TestSetting(ProtocolSpec.Strict, encoder, data.Test, campaign.Evaluation.BatchSize, run.Seed, ScalarType.Float32);
        foreach (var cell in CampaignPlan.Cells(campaign, run))
        {
            var slice = 0..campaign.Evaluation.ShardSize;
            if (Attack.Create(cell.Attack, cell.Epsilon) is { } attack)
            {
                var shard = new AttackShard(setting, [attack], slice);
                pipeline.Run(shard);
                Add(trail, new ShardMeasured(new ShardId(cell.Id, 0), shard.Measurements.Single()));
            }
            else
            {
                var shard = new CleanShard(setting, slice);
                pipeline.Run(shard);
                Add(trail, new ShardMeasured(new ShardId(cell.Id, 0), shard.Measurement));
            }
        }

        var samples = context.Samples()!;
        pipeline.Run(samples);
        Add(trail, new SamplesTaken(run.Id, samples.Samples));
        return trail;
    }

    private static void Add(SortedDictionary<string, string> trail, int epoch, params double[] losses) =>
        trail.Add($"epoch {epoch}", string.Join(' ', losses.Select(BitConverter.DoubleToInt64Bits)));

    private static void Add(SortedDictionary<string, string> trail, int epoch, IEnumerable<KeyValuePair<string, Tensor>> state)
    {
        foreach (var (key, value) in state)
        {
            using var contiguous = value.contiguous();
            trail.Add($"epoch {epoch} {key}", $"{value.dtype} {Convert.ToHexString(contiguous.bytes)}");
        }
    }

    private static void Add(SortedDictionary<string, string> trail, SamplesTaken taken) =>
        trail.Add("samples", Convert.ToHexString(MessageCodec.Encode(taken)));

    private static void Add(SortedDictionary<string, string> trail, ShardMeasured measured) =>
        trail.Add(measured.Shard.ToString(), Convert.ToHexString(MessageCodec.Encode(measured)));
}

public sealed class SameBitsTests : SameBits
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, TinyRun.TimeSteps)]
    [InlineData(2, 1)]
    [InlineData(2, TinyRun.TimeSteps)]
    [InlineData(3, 1)]
    [InlineData(3, TinyRun.TimeSteps)]
    [InlineData(5, TinyRun.TimeSteps)]
    public Task A_pipeline_of_actors_computes_the_same_bits_as_the_plain_library(int groups, int window) => AssertSameAsync(groups, window);

    [Fact]
    public Task A_pipeline_whose_last_group_is_the_head_computes_the_same_bits_as_the_plain_library_cut_there() =>
        AssertSameAsLibraryInTheSameLayoutAsync(groups: 5, window: 1);

    [Fact]
    public Task A_pipeline_whose_last_group_is_the_head_computes_the_same_bits_as_one_group() => AssertSameAsync(groups: 5, window: 1);
}

/// <summary>The same with every message as bytes in between, as it is between processes.</summary>
public sealed class SameBitsOnTheWireTests() : SameBits("akka.actor.serialize-messages = on")
{
    [Theory]
    [InlineData(3, 1)]
    [InlineData(2, TinyRun.TimeSteps)]
    public Task A_pipeline_whose_messages_all_become_bytes_computes_the_same_bits(int groups, int window) => AssertSameAsync(groups, window);
}

/// <summary>The same with layer groups on another node, and frames in chunks so small that most take several.</summary>
public sealed class SameBitsOnTwoNodesTests() : SameBits(OtherNode.Configuration + "spiketrail.frames { chunk-size = 1000 b, chunks-in-flight = 2 }")
{
    private OtherNode _other = null!;
    private Func<int, bool> _isThere = _ => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _other = new OtherNode(Sys, Folder);
        await _other.JoinAsync();
    }

    [Fact]
    public Task A_pipeline_whose_middle_is_on_another_node_computes_the_same_bits()
    {
        _isThere = index => index == 1;
        return AssertSameAsync(groups: 3, window: 1);
    }

    [Fact]
    public Task A_pipeline_whose_groups_are_all_on_another_node_computes_the_same_bits()
    {
        _isThere = _ => true;
        return AssertSameAsync(groups: 2, TinyRun.TimeSteps);
    }

    public override async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override PipelinePlace Place(RunContext context) => _other.Place(context, _isThere);
}
