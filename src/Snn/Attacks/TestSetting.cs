using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>What a network is measured on, and under which rules.</summary>
/// <param name="Protocol">The rules.</param>
/// <param name="Encoder">The encoder.</param>
/// <param name="Images">The test images.</param>
/// <param name="BatchSize">Images a pass.</param>
/// <param name="Seed">The run's seed: the order of images, random starts and random codes follow from it and an image's place in the set.</param>
/// <param name="Type">The network's element type.</param>
public sealed record TestSetting(ProtocolSpec Protocol, Encoder Encoder, ImageSet Images, int BatchSize, long Seed, ScalarType Type)
{
    /// <summary>What is counted besides accuracy and loss.</summary>
    public ProbeSpec Probes { get; init; } = new();

    /// <summary>Whether it is kept what became of each image, and the loss at every step.</summary>
    public bool KeepsCourse { get; init; }

    /// <summary>Images a pass may take where several attacks share it; a batch by itself may always be a pass.</summary>
    public int PassImages { get; init; } = 64;

    /// <summary>A prediction, by the protocol's rule.</summary>
    internal PassRequest Prediction =>
        PassRequest.Evaluation(default, Encoder.TimeSteps) with { BatchNorm = Protocol.PredictionStatistics };

    /// <summary>A gradient with respect to the input, by the protocol's rule for attacks but for what moves statistics.</summary>
    internal PassRequest Gradient => PassRequest.AdversarialStep(default, Encoder.TimeSteps, probes: false) with { BatchNorm = Protocol.AttackStatistics };

    /// <summary>A gradient with everything counted that is to be counted.</summary>
    internal PassRequest ProbedGradient => Gradient with { Probes = Probes.Operations, WeightGradients = Probes.WeightGradients };

    /// <summary>What becomes of each image, where that is kept.</summary>
    internal CourseTally? NewCourse() => KeepsCourse ? new CourseTally() : null;

    /// <summary>How many batches of so many images may share a pass.</summary>
    internal int BatchesPerPass(int images) => Protocol.KeepsImagesApart ? Math.Max(1, PassImages / images) : 1;

    /// <summary>A stream of randomness for one purpose.</summary>
    internal CounterRandom Random(string purpose) => CounterRandom.For(Seed, purpose);

    /// <summary>The batches of a slice of the test set, in the protocol's order: places in the set.</summary>
    internal IEnumerable<int[]> Batches(Range slice)
    {
        var order = Protocol.Order == EvaluationOrder.Shuffled ? Random("test-order").Permutation(Images.Count) : [.. Enumerable.Range(0, Images.Count)];
        return order[slice].Chunk(BatchSize);
    }

    /// <summary>Reads a batch.</summary>
    internal ImageBatch Load(int[] indices) => ImageBatch.Load(Images, indices, Type);

    /// <summary>How many images a slice has.</summary>
    internal long Count(Range slice) => slice.GetOffsetAndLength(Images.Count).Length;
}
