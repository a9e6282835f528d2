using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Tests.Training;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class TransferShardTests
{
    private const int TimeSteps = 9;
    private const int Starts = 2;
    private const int Epsilon = 64;

    private static readonly ImageSet Images = TestImages.Bands(8);
    private static readonly Range Slice = 1..8;
    private static readonly int[] Order = [.. Enumerable.Range(1, 7)];

    private static readonly Attack?[] Attacks = [null, new Fgsm(Epsilon / 255.0), new Pgd(Epsilon / 255.0, 0.05, iterations: 2, Starts)];

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void Images_made_on_one_network_are_predicted_by_another_as_by_hand(Precision precision)
    {
        // Made in double precision, whatever the network is that they are shown to.
        using var source = Trained(PoolKind.Max, Precision.Float64);
        using var target = Trained(PoolKind.Average, precision);
        var made = Make(source, Precision.Float64);
        var shard = new TransferShard(Setting(precision), [new(Starts, made.Images(2)), new(1, made.Images(1))], Slice);
        target.Run(shard);

        // What the source itself made of them is what its own cells say.
        foreach (var (place, starts) in new[] { (1, 1), (2, Starts) })
        {
            Assert.Equal(Bits(made.Measurements[place]), ByHand(source, made.Images(place), starts, ScalarType.Float64));
            Assert.All(made.Images(place).Chunk(Order.Length * Images.ImageBytes), start => AssertWithin(start));
        }

        Assert.Equal(ByHand(target, made.Images(2), Starts, precision.ToScalarType()), Bits(shard.Measurements[0]));
        Assert.Equal(ByHand(target, made.Images(1), 1, precision.ToScalarType()), Bits(shard.Measurements[1]));
        Assert.All(shard.Measurements, measured =>
        {
            Assert.Equal((Order.Length, InputGradient.Empty), (measured.Total, measured.Input));
            Assert.Equal(measured.Correct, Bits(measured).Count(withstood => withstood));
            Assert.Single(measured.Course!.Losses);
        });
        Assert.Equal(shard.Measurements[1].Loss, shard.Measurements[1].Course!.Losses[0], 1e-12);
    }

    [Theory]
    [InlineData(EncoderKind.Phase)]
    [InlineData(EncoderKind.Rate)]
    public void It_costs_a_prediction_for_every_image_and_start_and_passes_may_be_shared(EncoderKind encoder)
    {
        using var network = Trained(PoolKind.Max, Precision.Float32);
        byte[] images = [.. Enumerable.Range(0, Starts * Order.Length * Images.ImageBytes).Select(pixel => (byte)(pixel * 37))];
        var setting = Setting(Precision.Float32, encoder);
        var measured = new List<string>();
        foreach (var passImages in new[] { 1, 64 })
        {
            var shard = new TransferShard(setting with { PassImages = passImages }, [new(Starts, images), new(Starts, images)], Slice);
            var passes = 0;
            var cost = 0L;
            foreach (var pass in shard.Passes())
            {
                network.Run(pass);
                (passes, cost) = (passes + 1, cost + pass.Cost);
            }

            Assert.Equal((2 * Starts * Order.Length, shard.Cost), (cost, cost));
            Assert.Equal(passImages == 1 ? 12 : 3, passes);
            measured.AddRange(shard.Measurements.Select(each => System.Text.Json.JsonSerializer.Serialize(each)));
        }

        Assert.Single(measured.Distinct());
    }

    [Fact]
    public void No_tensor_is_left_behind_wherever_it_is_given_up()
    {
        using var network = Trained(PoolKind.Max, Precision.Float32);
        var images = Make(network, Precision.Float32).Images(2);
        RunSome(1);
        var before = LeakTests.TensorsAlive();
        RunSome(1);
        RunSome(int.MaxValue);

        Assert.Equal(before, Tensor.TotalCount);

        void RunSome(int passes)
        {
            foreach (var pass in new TransferShard(Setting(Precision.Float32), [new(Starts, images)], Slice).Passes().Take(passes))
            {
                network.Run(pass);
            }
        }
    }

    [Fact]
    public void Attacks_that_make_no_images_keep_none() => Assert.Throws<ArgumentException>(() =>
        new SliceShard(Setting(Precision.Float32) with { Protocol = ProtocolSpec.Strict with { Domain = AttackDomain.EncodedTrain } }, Attacks, Slice, place => place == 1));

    private static SliceShard Make(LocalPipeline source, Precision precision)
    {
        var shard = new SliceShard(Setting(precision), Attacks, Slice, place => place > 0);
        source.Run(shard);
        return shard;
    }

    /// <summary>Which images are classified correctly at every start, each start in one pass.</summary>
    private static IReadOnlyList<bool> ByHand(LocalPipeline network, byte[] images, int starts, ScalarType type)
    {
        var withstood = Enumerable.Repeat(true, Order.Length);
        for (var start = 0; start < starts; start++)
        {
            double[] pixels = [.. images.Skip(start * Order.Length * Images.ImageBytes).Take(Order.Length * Images.ImageBytes).Select(value => (double)value)];
            using var images_NCHW = tensor(pixels, [Order.Length, .. InputShape], type);
            using var pass = new BatchPass(
                PassRequest.Evaluation(default, TimeSteps),
                new PhaseEncoder(TimeSteps, bits: 8).Encode(images_NCHW, _ => throw new InvalidOperationException("draws nothing")),
                [.. Order.Select(index => (int)Images.Labels.Span[index])]);
            network.Run(pass);
            withstood = withstood.Zip(pass.Outcome.Prediction.Correct, (before, now) => before && now).ToList();
        }

        return [.. withstood];
    }

    /// <summary>Attacked images differ from the clean ones, by no more than the budget.</summary>
    private static void AssertWithin(byte[] attacked)
    {
        var clean = Order.SelectMany(index => Images.Image(index).ToArray());
        Assert.InRange(clean.Zip(attacked, (before, after) => Math.Abs(after - before)).Max(), 1, Epsilon);
    }

    private static IReadOnlyList<bool> Bits(Measurement measured) => ImageBits.Unpack(measured.Course!.Withstood, measured.Total);

    private static LocalPipeline Trained(PoolKind pool, Precision precision)
    {
        var pipeline = new LocalPipeline(Create(Small(precision: precision) with { Depth = 10, Pool = pool }));
        pipeline.Run(new TrainingEpoch(
            new TrainingSpec { BatchSize = 4, Optimizer = new OptimizerSpec { LearningRate = 1e-2 } }, new DirectEncoder(TimeSteps), Images, seed: 1, epoch: 1, precision.ToScalarType()));
        return pipeline;
    }

    private static TestSetting Setting(Precision precision, EncoderKind encoder = EncoderKind.Phase) => new(
        ProtocolSpec.Strict,
        Encoder.Create(new DataSetSpec { Name = "bands", TimeSteps = TimeSteps, Encoder = new EncoderSpec(encoder) }),
        Images,
        BatchSize: 3,
        Seed: 1,
        precision.ToScalarType())
    {
        Probes = new ProbeSpec { Operations = false },
        KeepsCourse = true,
    };
}
