using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Host.Reports.Robustness;
using SpikeTrail.Host.Reports.Robustness.Checks;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Reports.Robustness;

/// <summary>Real campaigns of one small network that has learnt something, each with one fault planted, and one without.</summary>
[Trait("Category", "Slow")]
public sealed class PlantedFaultsTests(PlantedFaultsTests.Trained trained) : IClassFixture<PlantedFaultsTests.Trained>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-verdict-").FullName;

    /// <summary>No code that draws or hides bits, a gradient everywhere, an iterated attack whose steps reach across the budget.</summary>
    private CampaignSpec Plain { get; } = Trained.Spec with
    {
        Networks = [Trained.Spec.Networks[0] with { Weights = new WeightsFile(trained.Weights, null) }],
        Training = new TrainingSpec { Epochs = 0 },
        Attacks =
        [
            new AttackSpec { Name = "fgsm", Kind = AttackKind.Fgsm, StepSize = 0, Iterations = 1 },
            new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, StepSize = 1, Iterations = 4 },
        ],
        Checks = int.MaxValue,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_plain_network_is_reliable()
    {
        // Attacked until next to nothing is left: with less, five times the effort finds more images, and the verdict would rightly be doubtful.
        var network = await JudgeAsync(Plain with { Attacks = [Plain.Attacks[0], Plain.Attacks[1] with { StepSize = 32, Iterations = 6, Restarts = 2 }], Epsilons = [64] });

        Assert.True(network.Verdict == Verdict.Reliable, Told(network));
        Assert.All(network.Results.Where(check => check.Check is not TransferDoesLess), check => Assert.Equal(CheckOutcome.Passed, check.Result.Outcome));
    }

    [Fact]
    public async Task A_network_whose_input_gradient_is_zero_is_unreliable_because_it_is()
    {
        // So narrow that no neuron passes anything on.
        var network = await JudgeAsync(Plain with
        {
            Networks = [Plain.Networks[0] with { Neuron = new NeuronSpec { Surrogate = new SurrogateSpec { Kind = SurrogateKind.Rect, Alpha = 1e12 } } }],
        });

        AssertUnreliable<ImagesHaveGradients>(network, "100 of 100 images (100.00 %) have an all-zero gradient");
        AssertUnreliable<UnboundedWins>(network, "at eps 255, 10 steps leave");
        Assert.Equal(CheckOutcome.Passed, ResultOf<InferenceRepeats>(network).Outcome);
    }

    [Fact]
    public async Task A_network_that_draws_at_inference_is_unreliable_because_it_does()
    {
        var network = await JudgeAsync(Plain with { DataSets = [Plain.DataSets[0] with { Encoder = new EncoderSpec(EncoderKind.Rate) }] });

        AssertUnreliable<InferenceRepeats>(network, "are classified otherwise");
        Assert.Contains("expectation over transformation", ResultOf<InferenceRepeats>(network).Meaning, StringComparison.Ordinal);
        Assert.Equal(CheckOutcome.Passed, ResultOf<ImagesHaveGradients>(network).Outcome);
    }

    [Fact]
    public async Task A_network_attacked_with_a_single_step_is_unreliable_because_it_is()
    {
        var network = await JudgeAsync(Plain with { Attacks = [Plain.Attacks[0]] });

        AssertUnreliable<AttackIterates>(network, "no attack takes more than one step (fgsm); with 35 steps accuracy at eps 4 is");
        Assert.Equal(CheckOutcome.Passed, ResultOf<ImagesHaveGradients>(network).Outcome);
    }

    [Fact]
    public async Task A_network_that_hides_its_gradient_is_unreliable_because_another_networks_images_find_what_its_own_attack_does_not()
    {
        // The same weights twice, one of them with neurons that pass nothing on: its attack finds nothing, the other's finds all that there is.
        var plain = Plain.Networks[0];
        var masked = plain with { Name = "masked", Neuron = new NeuronSpec { Surrogate = new SurrogateSpec { Kind = SurrogateKind.Rect, Alpha = 1e12 } } };
        var campaign = Plain with { Networks = [plain, masked], Attacks = [Plain.Attacks[0], Plain.Attacks[1] with { StepSize = 8 }], Epsilons = [32] };
        var networks = NetworkVerdict.Of(await RunAsync(campaign, _folder));

        AssertUnreliable<TransferDoesLess>(networks[1], "at eps 32 what pgd made on small wins ");
        Assert.True(ResultOf<TransferDoesLess>(networks[0]).Outcome == CheckOutcome.Passed, Told(networks[0]));
    }

    private async Task<NetworkVerdict> JudgeAsync(CampaignSpec campaign) => Assert.Single(NetworkVerdict.Of(await RunAsync(campaign, _folder)));

    private static async Task<CampaignResults> RunAsync(CampaignSpec campaign, string folder)
    {
        var results = await CampaignRunner.RunAsync(
            new CampaignJob(campaign, new PipelineSpec { ThreadsPerGroup = 1, Window = 4 }, folder, DataFolder: null), new Silence(), CancellationToken.None);
        Assert.True(results.Campaign.Complete);
        return results;
    }

    private static void AssertUnreliable<TCheck>(NetworkVerdict network, string what)
        where TCheck : RobustnessCheck
    {
        var result = ResultOf<TCheck>(network);
        Assert.True(result.Verdict == Verdict.Unreliable && network.Verdict == Verdict.Unreliable, Told(network));
        Assert.Contains(what, result.What, StringComparison.Ordinal);
    }

    private static CheckResult ResultOf<TCheck>(NetworkVerdict network)
        where TCheck : RobustnessCheck => network.Results.Single(check => check.Check is TCheck).Result;

    private static string Told(NetworkVerdict network) =>
        string.Join('\n', network.Cells.Cells.Select(cell => $"{cell.Attack} {cell.Epsilon}: {cell.Accuracy}")
            .Concat(network.Results.Select(check => $"{check.Result.Verdict} {check.Result.Outcome} {check.Check.Name}: {check.Result.What}")));

    /// <summary>The network, trained once; its weights are a file.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-trained-").FullName;

        public static CampaignSpec Spec { get; } = new()
        {
            Name = "planted",
            Networks = [new NetworkSpec { Name = "small", Depth = 10, Width = 0.125, Pool = PoolKind.Average }],
            DataSets = [new DataSetSpec { Name = "fashion-mnist-mini", TimeSteps = 3, TestLimit = 100, Encoder = new EncoderSpec(EncoderKind.Direct) }],
            Seeds = [7],
            Training = new TrainingSpec { Epochs = 2, BatchSize = 16, Schedule = LearningRateSchedule.Cosine, Optimizer = new OptimizerSpec { LearningRate = 4e-3 } },
            Protocols = [ProtocolSpec.Strict],
            Attacks = [],
            Epsilons = [4],
            Probes = new ProbeSpec { Operations = false },
        };

        public string Weights => Path.Combine(_folder, "trained.safetensors");

        public async ValueTask InitializeAsync()
        {
            var campaign = Path.Combine(_folder, "campaign");
            await RunAsync(Spec, campaign);
            await WeightsExport.WriteAsync(campaign, run: null, Weights);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Silence : ICampaignObserver
    {
        public void OnProgress(ProgressUpdate update)
        {
        }

        public void OnFact(ICampaignFact fact, bool recovered)
        {
        }
    }
}
