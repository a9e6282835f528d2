using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Training;

public sealed class TrainingEpochTests
{
    private static readonly ImageSet Images = TestImages.Bands(25);

    [Fact]
    public void An_epoch_shows_every_image_once_in_an_order_of_its_own()
    {
        var first = Shown(epoch: 1, flipProbability: 0);
        var second = Shown(epoch: 2, flipProbability: 0);

        Assert.Equal(Enumerable.Range(0, Images.Count).Select(Pixels).Order(), first.Order());
        Assert.Equal(first.Order(), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(first, Shown(epoch: 1, flipProbability: 0));
    }

    [Fact]
    public void About_as_many_images_are_flipped_as_asked()
    {
        var originals = Enumerable.Range(0, Images.Count).Select(Pixels).ToHashSet();

        Assert.DoesNotContain(Shown(epoch: 1, flipProbability: 1), originals.Contains);
        Assert.InRange(Shown(epoch: 1, flipProbability: 0.5).Count(originals.Contains), 5, 20);
    }

    [Fact]
    public void A_flip_mirrors_every_row_of_every_channel()
    {
        using var batch = ImageBatch.Load(Images, [3], ScalarType.Float64, _ => true);
        using var mirrored = batch.Bytes_NCHW.flip(3);

        Assert.Equal(Images.Image(3).ToArray().Select(pixel => (double)pixel), Values(mirrored));
    }

    [Theory]
    [InlineData(NetworkFamily.SewResNet)]
    [InlineData(NetworkFamily.SpikingResNet)]
    public void A_network_learns_its_training_images(NetworkFamily family)
    {
        using var pipeline = new LocalPipeline(Create(Small(family) with { Depth = 10 }));
        var training = new TrainingSpec { BatchSize = 5, Optimizer = new OptimizerSpec { LearningRate = 1e-2 } };
        var losses = new List<double>();
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            var job = new TrainingEpoch(training, new PhaseEncoder(4, bits: 4), Images, seed: 1, epoch, ScalarType.Float32);
            pipeline.Run(job);
            losses.Add(job.Totals.MeanLoss);
            Assert.Equal(Images.Count, job.Totals.Images);
        }

        Assert.InRange(losses[^1], 0, 0.7 * losses[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void An_epoch_trained_in_stretches_comes_to_the_same_bits(int steps)
    {
        var training = new TrainingSpec { BatchSize = 4 };
        using var whole = new LocalPipeline(Create(Small() with { Depth = 10 }));
        using var parted = new LocalPipeline(Create(Small() with { Depth = 10 }));
        var expected = Epoch(from: null, steps: null);
        whole.Run(expected);

        var (stretches, cost) = (new List<EpochProgress?> { null }, 0L);
        TrainingEpoch last;
        do
        {
            last = Epoch(stretches[^1], steps);
            cost += last.Cost;
            parted.Run(last);
            stretches.Add(last.Progress);
        }
        while (!last.IsWhole);

        Assert.Equal((7 + steps - 1) / steps, stretches.Count - 1);
        Assert.Equal(expected.Cost, cost);
        Assert.Equal(expected.Progress, last.Progress);
        Assert.Equal(new EpochProgress(7, Images.Count, expected.Totals.Correct, expected.Totals.Loss), last.Progress);
        Assert.All(
            whole.Groups.Single().State.Zip(parted.Groups.Single().State),
            pair => Assert.Equal(Values(pair.First.Value), Values(pair.Second.Value)));

        TrainingEpoch Epoch(EpochProgress? from, int? steps) =>
            new(training, new PhaseEncoder(4, bits: 4), Images, seed: 1, epoch: 2, ScalarType.Float32, from, steps);
    }

    [Fact]
    public void A_clean_test_does_not_depend_on_its_batches()
    {
        using var pipeline = new LocalPipeline(Create(Small(precision: Precision.Float64)));
        var totals = new[] { 1, 4, 25 }.Select(batchSize =>
        {
            var job = new CleanTest(new RateEncoder(4), Images, batchSize, seed: 1, ScalarType.Float64);
            pipeline.Run(job);
            return job.Totals;
        }).ToList();

        Assert.All(totals, found => Assert.Equal((totals[0].Images, totals[0].Correct), (found.Images, found.Correct)));
        Assert.All(totals, found => Assert.Equal(totals[0].Loss, found.Loss, 9));
    }

    /// <summary>The pixels of each image in the order shown, as text; the direct code shows them as they are.</summary>
    private static List<string> Shown(int epoch, double flipProbability)
    {
        var shown = new List<string>();
        var training = new TrainingSpec { BatchSize = 4, FlipProbability = flipProbability };
        var job = new TrainingEpoch(training, new DirectEncoder(1), Images, seed: 1, epoch, ScalarType.Float64);
        using var pipeline = new LocalPipeline(Create(Small(precision: Precision.Float64) with { Depth = 10 }));
        foreach (var pass in job.Passes())
        {
            shown.AddRange(Values(pass.Inputs_TN).Chunk(Images.ImageBytes).Select(pixels => Text(pixels.Select(x => Math.Round(x * 255)))));
            pipeline.Run(pass);
        }

        return shown;
    }

    private static string Pixels(int image) => Text(Images.Image(image).ToArray().Select(pixel => (double)pixel));

    private static string Text(IEnumerable<double> pixels) => string.Join(' ', pixels);
}
