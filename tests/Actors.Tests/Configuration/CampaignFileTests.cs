using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Configuration;

public sealed class CampaignFileTests
{
    [Fact]
    public void What_a_file_leaves_out_is_as_in_the_records_themselves()
    {
        var (campaign, pipeline) = CampaignText.Parse(CampaignText.Shortest);

        Assert.Equal("tiny", campaign.Name);
        Assert.Equal(new NetworkSpec { Name = "a" }, Assert.Single(campaign.Networks));
        Assert.Equal(new DataSetSpec { Name = "fashion-mnist-mini" }, Assert.Single(campaign.DataSets));
        Assert.Equal([3407], campaign.Seeds);
        Assert.Equal(new TrainingSpec(), campaign.Training);
        Assert.Equal(new EvaluationSpec(), campaign.Evaluation);
        Assert.Equal(new ProtocolSpec { Name = "strict" }, Assert.Single(campaign.Protocols));
        Assert.Equal(
            [
                new AttackSpec { Name = "fgsm", Kind = AttackKind.Fgsm, StepSize = 0, Iterations = 1 },
                new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd },
            ],
            campaign.Attacks);
        Assert.Equal([8], campaign.Epsilons);
        Assert.Equal(6, campaign.Samples);
        Assert.Equal(0, campaign.Checks);
        Assert.Equivalent(new PipelineSpec(), pipeline, strict: true);
    }

    [Theory]
    [InlineData("sew-resnet", true)]
    [InlineData("spiking-resnet", false)]
    public void The_reset_is_detached_as_each_familys_authors_have_it(string family, bool detached) =>
        Assert.Equal(
            detached, CampaignText.With($"campaign.defaults.network.family = {family}").Campaign.Networks[0].Neuron.DetachReset);

    [Fact]
    public void Every_key_can_be_set()
    {
        var (campaign, pipeline) = CampaignText.Parse("""
            campaign {
              name = full
              networks = [{
                name = n, family = spiking-resnet, depth = 34, width = 0.5, pool = average, connection = iand, batch-norm = step, precision = float64, weights = "w/n.safetensors"
                neuron { kind = lif, threshold = 0.5, reset = soft, detach-reset = false, tau = 3, decay-input = off, surrogate { kind = piecewise-quadratic, alpha = 1 } }
              }]
              data-sets = [{ name = d, time-steps = 4, encoder = { kind = rate, phase-bits = 4 }, training-limit = 100, test-limit = 10 }]
              seeds = [1, -2]
              training {
                epochs = 0, batch-size = 8, schedule = cosine, flip-probability = 0
                optimizer { kind = sgd, learning-rate = 0.1, weight-decay = 0, beta1 = 0.8, beta2 = 0.9, epsilon = 1e-7, momentum = 0.5 }
              }
              evaluation { batch-size = 10, shard-size = 20 }
              protocols = [{ kind = strict, name = weighted, phase-weights = on }]
              attacks = [{ kind = ifgsm, name = slow, step-size = 1, iterations = 20 }, { kind = pgd, restarts = 3 }, { kind = none }]
              epsilons = [0, 0.5, 16]
              samples = 24
            }
            pipeline { layer-groups = 3, window = 10, frames-in-flight = 2, pass-images = 9, devices = ["cuda:0", "cuda:1"], threads-per-group = 1, checkpoint-steps = 7, max-retries = 0 }
            """);

        Assert.Equal(
            new NetworkSpec
            {
                Name = "n",
                Family = NetworkFamily.SpikingResNet,
                Depth = 34,
                Width = 0.5,
                Pool = PoolKind.Average,
                Connection = SewConnection.Iand,
                BatchNorm = BatchNormScope.Step,
                Precision = Precision.Float64,
                Neuron = new NeuronSpec
                {
                    Kind = NeuronKind.Lif,
                    Threshold = 0.5,
                    Reset = null,
                    DetachReset = false,
                    Tau = 3,
                    DecayInput = false,
                    Surrogate = new SurrogateSpec(SurrogateKind.PiecewiseQuadratic, 1),
                },
                Weights = new WeightsFile("w/n.safetensors"),
            },
            Assert.Single(campaign.Networks));
        Assert.Equal(
            new DataSetSpec { Name = "d", TimeSteps = 4, Encoder = new EncoderSpec(EncoderKind.Rate, 4), TrainingLimit = 100, TestLimit = 10 },
            Assert.Single(campaign.DataSets));
        Assert.Equal([1, -2], campaign.Seeds);
        Assert.Equal(
            new TrainingSpec
            {
                Epochs = 0,
                BatchSize = 8,
                Schedule = LearningRateSchedule.Cosine,
                FlipProbability = 0,
                Optimizer = new OptimizerSpec
                {
                    Kind = OptimizerKind.Sgd,
                    LearningRate = 0.1,
                    WeightDecay = 0,
                    Beta1 = 0.8,
                    Beta2 = 0.9,
                    Epsilon = 1e-7,
                    Momentum = 0.5,
                },
            },
            campaign.Training);
        Assert.Equal(new EvaluationSpec { BatchSize = 10, ShardSize = 20 }, campaign.Evaluation);
        Assert.Equal(24, campaign.Samples);
        Assert.Equal(new ProtocolSpec { Name = "weighted", PhaseWeights = true }, Assert.Single(campaign.Protocols));
        Assert.Equal(
            [
                new AttackSpec { Name = "slow", Kind = AttackKind.IteratedFgsm, StepSize = 1, Iterations = 20 },
                new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, Restarts = 3 },
                CampaignPlan.Clean,
            ],
            campaign.Attacks);
        Assert.Equal([0, 0.5, 16], campaign.Epsilons);
        Assert.Equivalent(
            new PipelineSpec { LayerGroups = 3, Window = 10, FramesInFlight = 2, PassImages = 9, Devices = ["cuda:0", "cuda:1"], ThreadsPerGroup = 1, CheckpointSteps = 7, MaxRetries = 0 },
            pipeline,
            strict: true);
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("on", int.MaxValue)]
    [InlineData("500", 500)]
    public void Checks_are_of_no_image_of_all_or_of_some(string checks, int images) =>
        Assert.Equal(images, CampaignText.With($"campaign.checks = {checks}").Campaign.Checks);

    [Fact]
    public void A_transfer_is_of_the_attack_with_most_steps_or_the_one_that_is_named_and_shows_as_many_images_as_it_has_starts()
    {
        var campaign = CampaignText.With("""
            campaign.networks = [{ name = a }, { name = b }]
            campaign.attacks = [
              { kind = transfer, from = b }
              { kind = transfer, name = single, from = a, attack = fgsm, restarts = 9 }
              { kind = fgsm }
              { kind = pgd, restarts = 3 }
            ]
            """).Campaign;

        Assert.Equal(
            [
                new AttackSpec { Name = "transfer", Kind = AttackKind.Transfer, StepSize = 0, Iterations = 0, Restarts = 3, From = "b", Attack = "pgd" },
                new AttackSpec { Name = "single", Kind = AttackKind.Transfer, StepSize = 0, Iterations = 0, Restarts = 1, From = "a", Attack = "fgsm" },
            ],
            campaign.Attacks.Take(2));
    }

    [Fact]
    public void Defaults_in_a_file_hold_for_all_elements_that_do_not_say_otherwise()
    {
        var campaign = CampaignText.With("""
            campaign.defaults.network { depth = 34, neuron.surrogate.alpha = 4 }
            campaign.networks = [{ name = a }, { name = b, depth = 50, neuron.kind = lif }]
            """).Campaign;

        Assert.Equal([34, 50], campaign.Networks.Select(network => network.Depth));
        Assert.All(campaign.Networks, network => Assert.Equal(4, network.Neuron.Surrogate.Alpha));
        Assert.Equal([NeuronKind.If, NeuronKind.Lif], campaign.Networks.Select(network => network.Neuron.Kind));
    }

    [Theory]
    [InlineData("w.safetensors", "folder/w.safetensors")]
    [InlineData("../w.safetensors", "folder/../w.safetensors")]
    [InlineData("/w.safetensors", "/w.safetensors")]
    public void A_path_starts_beside_the_file_it_is_written_in(string path, string found)
    {
        var text = $"{CampaignText.Shortest}\ncampaign.defaults.network.weights = \"{path}\"";

        Assert.Equal(found, CampaignFile.Parse(text, "tiny.conf", [], "folder").Campaign.Networks[0].Weights!.Path);
        Assert.Equal(path, CampaignFile.Parse(text, "hocon/campaigns/tiny.conf", []).Campaign.Networks[0].Weights!.Path);
        Assert.Equal(
            path, CampaignFile.Parse(CampaignText.Shortest, "tiny.conf", [$"campaign.networks[0].weights=\"{path}\""], "folder").Campaign.Networks[0].Weights!.Path);
    }

    [Fact]
    public void A_network_can_do_without_the_file_the_others_start_from() =>
        Assert.Equal([null, "w"], CampaignText.With("""
            campaign.defaults.network.weights = w
            campaign.networks = [{ name = a, weights = none }, { name = b }]
            """).Campaign.Networks.Select(network => network.Weights?.Path));

    [Fact]
    public void Substitutions_stand_for_what_they_name()
    {
        var campaign = CampaignText.With("""
            campaign.training.batch-size = 32
            campaign.evaluation { batch-size = ${campaign.training.batch-size}, shard-size = 64 }
            campaign.defaults.network.neuron { kind = lif, tau = 3 }
            campaign.networks = [{ name = a, neuron = ${campaign.defaults.network.neuron} }]
            """).Campaign;

        Assert.Equal(32, campaign.Evaluation.BatchSize);
        Assert.Equal(3, campaign.Networks[0].Neuron.Tau);
    }

    [Fact]
    public void Layout_is_free()
    {
        var json = """{ "campaign": { "name": "tiny", "networks": [ { "name": "a" } ], "data-sets": [ { "name": "fashion-mnist-mini" } ] } }""";
        var crlf = CampaignText.Shortest.ReplaceLineEndings("\r\n") + "\r\n// the end";

        Assert.Equivalent(CampaignText.Parse(CampaignText.Shortest), CampaignText.Parse(json), strict: true);
        Assert.Equivalent(CampaignText.Parse(CampaignText.Shortest), CampaignText.Parse(crlf), strict: true);
    }

    public static TheoryData<string> Bundled { get; } = [.. BundledConfiguration.Campaigns];

    [Theory]
    [MemberData(nameof(Bundled))]
    public void The_campaigns_that_come_along_are_named_as_their_files(string name) =>
        Assert.Equal(name, CampaignFile.LoadBundled(name, []).Campaign.Name);

    [Fact]
    public void The_demo_compares_two_pools()
    {
        var (campaign, pipeline) = CampaignFile.LoadBundled("demo", []);

        Assert.Equal(["sew-resnet10-max", "sew-resnet10-average"], campaign.Networks.Select(network => network.Name));
        Assert.Equal([PoolKind.Max, PoolKind.Average], campaign.Networks.Select(network => network.Pool));
        Assert.Equal(campaign.Networks[0] with { Name = "", Pool = PoolKind.Max }, campaign.Networks[1] with { Name = "", Pool = PoolKind.Max });
        Assert.Equal(3, pipeline.LayerGroups);
    }

    [Fact]
    public void A_campaign_that_does_not_come_along_is_refused_with_those_that_do() =>
        Assert.Equal(
            "demos: no such campaign comes with SpikeTrail; did you mean demo? (there are cifar10-smoke, demo, figure-2, figure-3-5, protocols, table-1, table-2, table-3)",
            Assert.Throws<InputException>(() => CampaignFile.LoadBundled("demos", [])).Message);

    [Theory]
    [InlineData("nowhere/mine.conf", "nowhere/mine.conf: there is no such file")]
    [InlineData("nowhere/demo.conf", "nowhere/demo.conf: there is no such file; a campaign demo comes with SpikeTrail: hocon/campaigns/demo.conf")]
    public void A_missing_file_is_named(string path, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => CampaignFile.Load(path, [])).Message);

    [Fact]
    public void A_file_is_read_from_disk()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, CampaignText.Shortest);
            Assert.Equal(7, CampaignFile.Load(path, ["campaign.training.epochs=7"]).Campaign.Training.Epochs);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
