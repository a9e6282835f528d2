using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Configuration;

/// <summary>The campaigns that come along to reproduce the paper.</summary>
public sealed class PaperCampaignTests
{
    public static TheoryData<string> Papers { get; } = ["table-1", "table-2", "table-3", "figure-2", "figure-3-5"];

    [Theory]
    [InlineData("table-1", 6, "cifar-100")]
    [InlineData("table-2", 3, "cifar-10")]
    [InlineData("table-3", 6, "cifar-10", "cifar-100")]
    [InlineData("figure-2", 3, "cifar-10", "cifar-100")]
    [InlineData("figure-3-5", 2, "cifar-10", "cifar-100")]
    public void Every_network_runs_on_every_data_set(string name, int networks, params string[] dataSets)
    {
        var campaign = CampaignFile.LoadBundled(name, []).Campaign;

        Assert.Equal(networks, campaign.Networks.Count);
        Assert.Equal(dataSets, campaign.DataSets.Select(dataSet => dataSet.Name));
        Assert.Equal(networks * dataSets.Length, CampaignPlan.Runs(campaign).Count());
    }

    [Theory]
    [InlineData("table-1", "sew-resnet18-max sew-resnet34-max sew-resnet50-max spiking-resnet18-max spiking-resnet34-max spiking-resnet50-max")]
    [InlineData("table-2", "sew-resnet18-max sew-resnet34-max sew-resnet50-max")]
    [InlineData("table-3", "sew-resnet18-max sew-resnet18-average sew-resnet34-max sew-resnet34-average sew-resnet50-max sew-resnet50-average")]
    [InlineData("figure-2", "sew-resnet18-max sew-resnet34-max sew-resnet50-max")]
    [InlineData("figure-3-5", "sew-resnet18-max sew-resnet18-average")]
    public void A_network_is_what_its_name_says(string campaign, string networks)
    {
        var all = CampaignFile.LoadBundled(campaign, []).Campaign.Networks;

        Assert.Equal(networks.Split(' '), all.Select(network => network.Name));
        Assert.All(all, network => Assert.Equal(network.Name, $"{SpecNames.Of(network.Family)}{network.Depth}-{SpecNames.Of(network.Pool)}"));
        Assert.All(all, network => Assert.Equal(
            new NetworkSpec { Name = network.Name, Family = network.Family, Depth = network.Depth, Pool = network.Pool, Neuron = network.Neuron }, network));
        Assert.All(all, network => Assert.Equal(new NeuronSpec { DetachReset = network.Family == NetworkFamily.SewResNet }, network.Neuron));
    }

    [Theory]
    [MemberData(nameof(Papers))]
    public void It_is_trained_and_attacked_at_the_papers_scale(string name)
    {
        var (campaign, pipeline) = CampaignFile.LoadBundled(name, []);

        Assert.Equal(name, campaign.Name);
        Assert.Equal([3407], campaign.Seeds);
        Assert.Equal(new TrainingSpec(), campaign.Training);
        Assert.Equal(100, campaign.Training.Epochs);
        Assert.All(campaign.DataSets, dataSet => Assert.Equal(new DataSetSpec { Name = dataSet.Name }, dataSet));
        Assert.Equal(["as-published", "strict"], campaign.Protocols.Select(protocol => protocol.Name));
        Assert.Equal(
            [
                new AttackSpec { Name = "fgsm", Kind = AttackKind.Fgsm, StepSize = 0, Iterations = 1 },
                new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, StepSize = 2.55, Iterations = 7 },
            ],
            campaign.Attacks);
        Assert.Equal(name == "figure-2" ? [2, 4, 6, 8] : [8], campaign.Epsilons);
        Assert.Equal(16, campaign.Evaluation.BatchSize);
        Assert.Equal(campaign.DataSets[0].TimeSteps, pipeline.Window);
    }

    [Theory]
    [MemberData(nameof(Papers))]
    public void Scaled_down_it_still_has_every_cell_and_several_shards(string name)
    {
        var campaign = CampaignFile.LoadBundled(name, []).Campaign;
        var scaled = CampaignScale.Apply(campaign, 0.001m);

        Assert.Equal(Cells(campaign), Cells(scaled));
        Assert.Equal(1, scaled.Training.Epochs);
        Assert.All(scaled.DataSets, dataSet => Assert.True(dataSet.TestLimit > scaled.Evaluation.ShardSize));
        Assert.All(scaled.DataSets, dataSet => Assert.True(dataSet.TrainingLimit > scaled.Training.BatchSize));
    }

    private static IEnumerable<CellId> Cells(CampaignSpec campaign) =>
        CampaignPlan.Runs(campaign).SelectMany(run => CampaignPlan.Cells(campaign, run)).Select(cell => cell.Id);
}
