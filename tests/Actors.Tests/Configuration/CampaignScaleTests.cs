using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class CampaignScaleTests
{
    [Theory]
    // Epochs, training and test images as they are; epochs, training images, test images and a shard's images that remain of them.
    [InlineData("0.5", 100, 1_600, 1_600, 50, 800, 800, 208)]
    [InlineData("0.01", 100, 50_000, 10_000, 1, 512, 112, 16)]
    [InlineData("0.013", 100, 50_000, 10_000, 2, 656, 144, 16)]
    [InlineData("0.07", 100, 50_000, 10_000, 7, 3_504, 704, 32)]
    [InlineData("1e-28", 100, 50_000, 10_000, 1, 16, 32, 16)]
    [InlineData("0.5", 0, 10, 7, 0, 10, 7, 208)]
    public void Epochs_images_and_shards_shrink_alike_to_whole_batches(
        string scale, int epochs, int training, int test, int fewerEpochs, int fewerTraining, int fewerTest, int smallerShard)
    {
        var campaign = CampaignText.With($$"""
            campaign.data-sets = [{ name = mnist, training-limit = {{training}}, test-limit = {{test}} }]
            campaign.training { epochs = {{epochs}}, batch-size = 16 }
            campaign.evaluation { batch-size = 16, shard-size = 400 }
            """).Campaign;

        var scaled = Scaled(campaign, scale);

        Assert.Equal(
            (fewerEpochs, fewerTraining, fewerTest, smallerShard),
            (scaled.Training.Epochs, scaled.DataSets[0].TrainingLimit, scaled.DataSets[0].TestLimit, scaled.Evaluation.ShardSize));
    }

    [Fact]
    public void Without_a_limit_the_whole_data_set_is_scaled()
    {
        var dataSet = Scaled(CampaignText.With("campaign.data-sets = [{ name = cifar-10 }]").Campaign, "0.1").DataSets[0];

        Assert.Equal((5_008, 1_000), (dataSet.TrainingLimit, dataSet.TestLimit));
    }

    [Fact]
    public void Nothing_else_changes()
    {
        var campaign = CampaignFile.LoadBundled("demo", []).Campaign;
        var scaled = Scaled(campaign, "0.25");

        Assert.Equivalent(
            campaign,
            scaled with
            {
                Training = scaled.Training with { Epochs = campaign.Training.Epochs },
                Evaluation = campaign.Evaluation,
                DataSets = [scaled.DataSets[0] with { TrainingLimit = null, TestLimit = campaign.DataSets[0].TestLimit }],
            },
            strict: true);
    }

    [Fact]
    public void The_full_scale_is_the_campaign_itself()
    {
        var campaign = CampaignText.Parse(CampaignText.Shortest).Campaign;

        Assert.Same(campaign, Scaled(campaign, "1"));
    }

    [Fact]
    public void A_scaled_campaign_is_another_campaign()
    {
        var (campaign, pipeline) = CampaignText.Parse(CampaignText.Shortest);

        Assert.NotEqual(CampaignIdentity.Of(campaign, pipeline), CampaignIdentity.Of(Scaled(campaign, "0.5"), pipeline));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1.01")]
    [InlineData("-0.5")]
    [InlineData("half")]
    [InlineData("0,5")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("1e-99")]
    public void A_scale_that_is_none_is_refused(string text) =>
        Assert.Equal(
            $"--scale {text}: expected a number above 0 and up to 1, such as 0.01",
            Assert.Throws<InputException>(() => CampaignScale.Parse(text)).Message);

    [Fact]
    public void A_data_set_that_is_not_known_cannot_be_scaled() =>
        Assert.Contains(
            "cifar-11",
            Assert.Throws<InputException>(() => Scaled(CampaignText.With("campaign.data-sets = [{ name = cifar-11 }]").Campaign, "0.5")).Message,
            StringComparison.Ordinal);

    private static CampaignSpec Scaled(CampaignSpec campaign, string scale) => CampaignScale.Apply(campaign, CampaignScale.Parse(scale));
}
