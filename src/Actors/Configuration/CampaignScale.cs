using System.Globalization;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// The same campaign, smaller: the same networks, data sets, protocols, attacks and budgets, and so the same code, with a share
/// of the epochs and of the images.
/// </summary>
public static class CampaignScale
{
    /// <summary>The campaign as it stands.</summary>
    public const decimal Full = 1;

    /// <summary>Reads a scale.</summary>
    /// <exception cref="InputException">It is no number above 0 and up to 1.</exception>
    public static decimal Parse(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var scale) && scale is > 0 and <= Full
            ? scale
            : throw new InputException($"--scale {text}: expected a number above 0 and up to 1, such as 0.01");

    /// <summary>
    /// Multiplies four numbers by the scale and rounds up: the epochs, at least one where there was one; the training images, to
    /// whole training batches; the test images and a shard's images, to whole evaluation batches. Nothing grows. A limit in the
    /// campaign counts as the full size, and so does the whole data set where there is none. A test set that was several shards
    /// stays at least two, so that what goes on from shard to shard is exercised too.
    /// </summary>
    /// <remarks>
    /// Training shrinks with the square of the scale (fewer epochs over fewer images), attacks with the scale itself. The shrunken
    /// numbers are part of the campaign's identity like any others: an output folder belongs to one scale.
    /// </remarks>
    /// <exception cref="InputException">A data set has no limit and is unknown.</exception>
    public static CampaignSpec Apply(CampaignSpec campaign, decimal scale)
    {
        if (scale == Full)
        {
            return campaign;
        }

        var (training, evaluation) = (campaign.Training, campaign.Evaluation);
        var shardSize = Shrink(evaluation.ShardSize, scale, evaluation.BatchSize);
        return campaign with
        {
            Training = training with { Epochs = Shrink(training.Epochs, scale, 1) },
            Evaluation = evaluation with { ShardSize = shardSize },
            DataSets = [.. campaign.DataSets.Select(Scaled)],
        };

        DataSetSpec Scaled(DataSetSpec dataSet)
        {
            var trainingImages = dataSet.TrainingLimit ?? DataCatalog.Describe(dataSet.Name).TrainingCount;
            var testImages = dataSet.TestLimit ?? DataCatalog.Describe(dataSet.Name).TestCount;
            var fewest = testImages > evaluation.ShardSize ? 2 * shardSize : 1;
            return dataSet with
            {
                TrainingLimit = Shrink(trainingImages, scale, training.BatchSize),
                TestLimit = Math.Min(testImages, Math.Max(fewest, Shrink(testImages, scale, evaluation.BatchSize))),
            };
        }
    }

    /// <summary>The number times the scale, rounded up to one or more <paramref name="unit"/>s, but never more than the number.</summary>
    private static int Shrink(int number, decimal scale, int unit) =>
        (int)Math.Min(number, Math.Max(1, Math.Ceiling(number * scale / unit)) * unit);
}
