namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class OverrideTests
{
    [Fact]
    public void A_setting_wins_over_the_file_and_a_later_one_over_an_earlier()
    {
        var settings = CampaignText.Parse(
            CampaignText.Shortest,
            "campaign.training.epochs=3",
            "campaign.networks[0].depth = 34",
            "campaign.networks[0].neuron.surrogate.kind=rect",
            "campaign.epsilons=[2,4]",
            "campaign.epsilons[1]=6",
            "campaign.training={ batch-size = 4 }",
            "pipeline.layer-groups=1",
            "pipeline.layer-groups=2");

        Assert.Equal(3, settings.Campaign.Training.Epochs);
        Assert.Equal(4, settings.Campaign.Training.BatchSize);
        Assert.Equal(34, settings.Campaign.Networks[0].Depth);
        Assert.Equal([2, 6], settings.Campaign.Epsilons);
        Assert.Equal(2, settings.Pipeline.LayerGroups);
    }

    [Theory]
    [InlineData("epochs", "--set epochs: expected KEY=VALUE, such as campaign.training.epochs=3 or campaign.networks[0].depth=34")]
    [InlineData("=3", "--set =3: expected KEY=VALUE, such as campaign.training.epochs=3 or campaign.networks[0].depth=34")]
    [InlineData("campaign..name=x", "--set campaign..name=x: expected KEY=VALUE, such as campaign.training.epochs=3 or campaign.networks[0].depth=34")]
    [InlineData("campaign.name=", "--set campaign.name= line 1: expected a value after value =")]
    [InlineData("campaign.seeds=[1", "--set campaign.seeds=[1 line 1: this [ is never closed")]
    [InlineData("campaign.networks[3].depth=34", "--set campaign.networks[3].depth=34: campaign.networks has 1 element(s) in tiny.conf, counted from 0")]
    [InlineData("campaign.name[0]=x", "--set campaign.name[0]=x: campaign.name is not a list in tiny.conf")]
    [InlineData("campaign.name.first=x", "--set campaign.name.first=x: campaign.name is not a section in tiny.conf")]
    [InlineData("campaign.networks.depth=34", "--set campaign.networks.depth=34: campaign.networks is not a section in tiny.conf")]
    [InlineData("campaign.training.epochs=x", "--set: campaign.training.epochs: expected a whole number of at least 0, found \"x\"")]
    [InlineData("campaign.networks[0].depth=35", "--set: campaign.networks[0].depth: expected one of 10, 18, 34, 50, 101, 152, found \"35\"")]
    [InlineData("campaign.training.epoch=3", "--set: campaign.training.epoch: unknown key; did you mean epochs? (known here: epochs, batch-size, schedule, flip-probability, optimizer)")]
    public void A_setting_that_cannot_be_used_is_named(string setting, string message) =>
        Assert.Equal(message, CampaignText.RefusalOf(CampaignText.Shortest, setting));
}
