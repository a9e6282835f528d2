using System.Text.Json.Nodes;
using SpikeTrail.Host.Reports;
using SpikeTrail.Host.Reports.Robustness;
using SpikeTrail.Host.Reports.Robustness.Checks;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports.Robustness;

/// <summary>Each check on made-up results: where it passes, and where it does not.</summary>
public sealed class RobustnessCheckTests
{
    private static readonly CheckOutcome Passed = CheckOutcome.Passed;
    private static readonly CheckOutcome NotMeasured = CheckOutcome.NotMeasured;

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_training_loss_that_is_not_finite_is_told_at_its_first_epoch(double loss, string word)
    {
        var results = With(Clean(0.9), Attacked("pgd", 8, 0.3));
        var run = results.Runs[0] with { Epochs = [new(1, 0.7, 0.6, 0.8), new(2, loss, 0.6, 0.8), new(3, double.NaN, 0.6, 0.8)] };

        AssertUnreliable<LossesAreNumbers>($"the training loss of epoch 2 is {word}", "diverged", results with { Runs = [run] });
    }

    [Fact]
    public void Losses_that_are_not_finite_are_the_only_reason()
    {
        var results = With(Clean(0.5), Attacked("fgsm", 2, 0.5) with { Loss = double.NaN }, Attacked("fgsm", 4, 0.5, allZeroImages: 900));

        AssertUnreliable<LossesAreNumbers>("the loss under fgsm at eps 2 is NaN, and 1 of 3 losses are not finite", "diverged", results);
        Assert.Single(Judged(results).Reasons);
    }

    [Fact]
    public void A_loss_that_a_damaged_file_has_lost_is_none_that_diverged()
    {
        var result = Result<LossesAreNumbers>(With(Clean(0.5), Attacked("fgsm", 2, 0.5) with { Loss = null }));

        Assert.Equal((NotMeasured, "the damaged file has lost 1 loss"), (result.Outcome, result.What));
    }

    [Theory]
    [InlineData("$.runs[0].cells[0]", "accuracy", "\"much\"")]
    [InlineData("$.runs[0].cells[1]", "loss", "\"high\"")]
    [InlineData("$.runs[0].cells[1].input-gradient", "l2", "-1")]
    [InlineData("$.campaign.protocols[0]", "contaminate", "7")]
    public void What_stands_in_for_something_damaged_is_no_measurement(string path, string key, string value)
    {
        var damaged = JsonNode.Parse(ResultsJson.Write(Campaign))!;
        path.Split('.').Skip(1).SelectMany(step => step.TrimEnd(']').Split('[')).Aggregate(damaged, (node, step) => (int.TryParse(step, null, out var index) ? node[index] : node[step])!)[key] =
            JsonNode.Parse(value);
        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        var verdicts = NetworkVerdict.Of(results, gaps);

        Assert.Equal(Verdict.Doubtful, verdicts[0].Verdict);
        Assert.All(verdicts[0].Results, check => Assert.StartsWith($"the results are damaged (`{path}", check.Result.What, StringComparison.Ordinal));
        Assert.Equal(path.StartsWith("$.campaign", StringComparison.Ordinal), verdicts[1].Cells.Damage is not null);
        Assert.Contains($"– Not measured, the results are damaged (`{path}", new CampaignReport(results, null) { Gaps = gaps }.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Accuracies_are_taken_from_what_was_counted()
    {
        var results = With([.. Campaign.Runs[0].Cells.Select(cell => cell with { Accuracy = double.NaN })]);

        Assert.Equal(Judged(With(Campaign.Runs[0].Cells)).Results, Judged(results).Results);
    }

    [Theory]
    [InlineData(0.15, true)]
    [InlineData(0.16, false)]
    public void A_network_at_chance_cannot_be_judged(double clean, bool atChance)
    {
        var result = Result<NetworkHasLearnt>(With(Clean(clean), Attacked("pgd", 8, 0.09)));

        Assert.Equal(atChance ? Verdict.Doubtful : Verdict.Reliable, result.Verdict);
        Assert.EndsWith("chance 10.00 %", result.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void A_handful_of_images_tells_nothing(int images, bool enough) =>
        Assert.Equal(enough, Result<EnoughImages>(With(Clean(0.9), Attacked("pgd", 8, 0) with { Total = images })).Outcome == Passed);

    [Theory]
    [InlineData(50, 2000, "measure at least 100 test images, and with `campaign.checks` at least as many.")]
    [InlineData(50, 50, "measure at least 100 test images.")]
    public void Where_checks_saw_fewer_images_than_the_campaign_the_advice_names_them(int inChecks, int images, string advice)
    {
        var results = Checked(
            With(Clean(0.9) with { Correct = 40, Total = images }, Attacked("pgd", 8, 0) with { Total = images }),
            Attacked(CheckAttacks.Noise, 8, 0) with { Total = inChecks });

        Assert.EndsWith(advice, Result<EnoughImages>(results).Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_without_gradients_are_masked()
    {
        AssertUnreliable<ImagesHaveGradients>(
            "under fgsm at eps 4, 21 of 2,000 images (1.05 %) have an all-zero gradient",
            "masked",
            With(Clean(0.9), Attacked("fgsm", 2, 0.6, allZeroImages: 20), Attacked("fgsm", 4, 0.5, allZeroImages: 21)));
        Assert.Equal(Passed, Result<ImagesHaveGradients>(With(Clean(0.9), Attacked("fgsm", 4, 0.5, allZeroImages: 20))).Outcome);
    }

    [Fact]
    public void A_gradient_that_is_no_number_is_told()
    {
        var cell = Attacked("fgsm", 8, 0.4);

        AssertUnreliable<ImagesHaveGradients>(
            "the input gradient is not finite", "overflows", With(Clean(0.9), cell with { InputGradient = cell.InputGradient with { L2 = double.NaN } }));
    }

    [Fact]
    public void Images_where_the_published_attack_would_stop_are_told()
    {
        var pgd = Attacked("pgd", 8, 0.4);
        var results = With(Clean(0.9), pgd with { InputGradient = pgd.InputGradient with { VanishingImages = 3 } });

        Assert.DoesNotContain("1e-6", Result<ImagesHaveGradients>(results).What, StringComparison.Ordinal);
        Assert.Contains(
            "3 of 2,000 images (0.15 %) had one shorter than 1e-6",
            Result<ImagesHaveGradients>(Under(results, protocol => protocol with { AttackDomain = "encoded-train" })).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_step_is_no_bound()
    {
        AssertUnreliable<AttackIterates>("no attack takes more than one step (one-step)", "no bound", With(Clean(0.9), Attacked("one-step", 8, 0.7)));
        Assert.Equal(Passed, Result<AttackIterates>(With(Clean(0.9), Attacked("by-another-name", 8, 0.3) with { Iterations = 2 })).Outcome);
    }

    [Fact]
    public void What_more_steps_would_have_found_is_told_where_the_checks_know() => AssertUnreliable<AttackIterates>(
        "with 35 steps accuracy at eps 8 is 12.00 % instead of 70.00 %",
        "no bound",
        Checked(With(Clean(0.9), Attacked("fgsm", 8, 0.7)), Attacked(CheckAttacks.Iterations, 8, 0.12) with { Iterations = 35 }));

    [Theory]
    [InlineData(0.35, false)]
    [InlineData(0.315, true)]
    [InlineData(0.2, true)]
    public void Many_steps_do_at_least_what_one_does(double pgd, bool passes)
    {
        var results = With(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 8, pgd));

        Assert.Equal(passes, Result<ManyStepsDoWhatOneDoes>(results).Outcome == Passed);
        if (!passes)
        {
            AssertUnreliable<ManyStepsDoWhatOneDoes>("at eps 8, pgd leaves 35.00 % and fgsm 30.00 % (p = 0.00", "trusts it step after step", results);
        }
    }

    [Fact]
    public void One_step_that_is_shorter_than_the_budget_is_not_what_one_does()
    {
        var shorter = Attacked("short", 8, 0.2) with { StepSize = 2.55 };
        var results = With(Clean(0.9), shorter, Attacked("pgd", 8, 0.35));

        Assert.Equal(NotMeasured, Result<ManyStepsDoWhatOneDoes>(results).Outcome);
        Assert.Contains("Attack **short**: 1 step of length 2.55/255 along the gradient's sign, 1 start.", new CampaignReport(results, null).ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_images_tell_what_shares_alone_do_not()
    {
        var (fgsm, pgd) = (Kept(Attacked("fgsm", 8, 0), image => image < 600), Kept(Attacked("pgd", 8, 0), image => image < 622));

        Assert.Equal(CheckOutcome.Failed, Result<ManyStepsDoWhatOneDoes>(With(Clean(0.9), fgsm, pgd)).Outcome);
        Assert.Equal(Passed, Result<ManyStepsDoWhatOneDoes>(With(Clean(0.9), fgsm with { Course = null }, pgd)).Outcome);
    }

    [Fact]
    public void Less_than_a_point_is_no_weaker_attack_however_sure_it_is()
    {
        var (fgsm, pgd) = (Kept(Attacked("fgsm", 8, 0), image => image < 600), Kept(Attacked("pgd", 8, 0), image => image < 618));

        Assert.Equal(Passed, Result<ManyStepsDoWhatOneDoes>(With(Clean(0.9), fgsm, pgd)).Outcome);
    }

    [Fact]
    public void Budgets_are_compared_like_with_like() =>
        Assert.Equal(NotMeasured, Result<ManyStepsDoWhatOneDoes>(With(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 2, 0.6))).Outcome);

    [Fact]
    public void An_iterated_attack_that_leaves_more_at_a_larger_budget_is_masked() => AssertUnreliable<MoreBudgetDoesMore>(
        "under pgd accuracy rises from eps 2 (40.00 %) to eps 8 (50.00 %) (p = <0.0001); the loss goes from 1.7500 to 3.2500",
        "does not climb",
        With(Clean(0.9), Attacked("pgd", 2, 0.4), Attacked("pgd", 8, 0.5)));

    [Fact]
    public void A_single_step_that_overshoots_leaves_the_iterated_attacks_numbers()
    {
        var result = Result<MoreBudgetDoesMore>(With(Clean(0.9), Attacked("fgsm", 2, 0.4), Attacked("fgsm", 4, 0.5), Attacked("pgd", 2, 0.4)));

        Assert.Equal((CheckOutcome.Failed, Verdict.Doubtful), (result.Outcome, result.Verdict));
        Assert.StartsWith("A single step overshoots", result.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_phase_code_a_longer_step_that_flips_fewer_bits_is_a_gradient_masked_by_the_code()
    {
        var results = With(Clean(0.9), Attacked("fgsm", 6, 0.4), Attacked("fgsm", 8, 0.5));
        var result = Result<MoreBudgetDoesMore>(results);

        Assert.EndsWith("in the phase code a step of 8/255 flips 1.83 of a byte's 8 bits on average, one of 6/255 flips 2.83", result.What, StringComparison.Ordinal);
        Assert.StartsWith("That is a gradient masked by the code", result.Meaning, StringComparison.Ordinal);

        var train = Result<MoreBudgetDoesMore>(Under(results, protocol => protocol with { AttackDomain = "encoded-train" }));
        Assert.DoesNotContain("flips", train.What + train.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1.9609375)]
    [InlineData(128, 2.25)]
    public void The_bits_that_a_step_flips_are_counted_over_all_bytes(double epsilon, double bits) =>
        Assert.Equal(bits, PhaseCodeSteps.FlippedBits(epsilon), precision: 10);

    [Fact]
    public void A_rise_that_chance_explains_is_told_and_passes()
    {
        var result = Result<MoreBudgetDoesMore>(With(Clean(0.9), Attacked("fgsm", 6, 0.5), Attacked("fgsm", 8, 0.51)));

        Assert.Equal(Passed, result.Outcome);
        Assert.Contains("to eps 8 (51.00 %), which chance explains; in the phase code", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rise_that_is_no_chance_but_less_than_a_point_is_told_as_that()
    {
        var result = Result<MoreBudgetDoesMore>(With(Clean(0.9), Kept(Attacked("pgd", 2, 0), image => image < 600), Kept(Attacked("pgd", 8, 0), image => image < 618)));

        Assert.Equal(Passed, result.Outcome);
        Assert.EndsWith("from eps 2 (30.00 %) to eps 8 (30.90 %), by less than a point", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attack_that_takes_nothing_away_is_doubtful()
    {
        var result = Result<MoreBudgetDoesMore>(With(Clean(0.9), Attacked("pgd", 2, 0.9), Attacked("pgd", 4, 0.9)));

        Assert.Equal(Verdict.Doubtful, result.Verdict);
        Assert.Equal("no attack takes accuracy below that of the clean images, 90.00 %", result.What);
    }

    [Fact]
    public void Below_chance_nothing_need_fall_any_further() =>
        Assert.Equal(Passed, Result<MoreBudgetDoesMore>(With(Clean(0.9), Attacked("pgd", 2, 0.05), Attacked("pgd", 4, 0.09))).Outcome);

    [Fact]
    public void Where_attacks_change_the_network_budgets_and_checks_say_nothing()
    {
        var results = Under(With(Clean(0.9), Attacked("pgd", 2, 0.4), Attacked("pgd", 8, 0.5)), protocol => protocol with { Contaminate = true });

        Assert.Equal(NotMeasured, Result<MoreBudgetDoesMore>(results).Outcome);
        Assert.StartsWith("attacks under this protocol change the network", Result<UnboundedWins>(results).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2.0, true)]
    [InlineData(0.5, false)]
    public void The_loss_climbs_along_the_attack(double end, bool climbs)
    {
        var pgd = Attacked("pgd", 8, 0.3) with { Course = new(Bits(_ => true), [0.5, 1.5, end]) };
        var result = Result<LossClimbs>(With(Clean(0.9), pgd));

        Assert.Equal(climbs, result.Outcome == Passed);
        Assert.StartsWith($"under pgd at eps 8 from 0.5000 to {(climbs ? "2.0000 in 2 steps" : "0.5000 in 2 steps, with 1.5000 on the way")}", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Along_an_attack_on_other_statistics_the_prediction_does_not_count()
    {
        var results = Under(
            With(Clean(0.9), Attacked("pgd", 8, 0.3) with { Course = new(Bits(_ => true), [0.5, 1.5, 0.1]) }), protocol => protocol with { AttackBatchNorm = "batch" });

        Assert.Contains("to 1.5000 in 1 step", Result<LossClimbs>(results).What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_changes_its_class_with_nothing_changed_shows_random_inference()
    {
        var clean = Kept(Clean(0), image => image < 1800);
        var results = With(clean, Attacked("pgd", 8, 0.3));

        AssertUnreliable<InferenceRepeats>(
            "shown again with nothing changed, 1 of 2,000 images (0.05 %) are classified otherwise",
            "expectation over transformation",
            Checked(results, Unchanged(image => image < 1799, 0.25, 0.5)));
        AssertUnreliable<InferenceRepeats>("0 of 2,000 images (0.00 %) are classified otherwise, but the loss goes from 0.2500 to 0.5000", "random", Checked(results, Unchanged(image => image < 1800, 0.25, 0.5)));
        Assert.Equal(Passed, Result<InferenceRepeats>(Checked(results, Unchanged(image => image < 1800, 0.25, 0.25))).Outcome);

        static CellResult Unchanged(Func<int, bool> withstood, double first, double worst) =>
            Kept(Attacked(CheckAttacks.Unchanged, 0, 0), withstood) is var cell ? cell with { Iterations = 0, Restarts = 2, Loss = worst, Course = cell.Course! with { Losses = [first] } } : null!;
    }

    [Fact]
    public void Images_shown_again_whose_losses_were_lost_were_not_measured()
    {
        var again = Kept(Attacked(CheckAttacks.Unchanged, 0, 0), image => image < 1800) with { Iterations = 0, Restarts = 2 };
        var results = Checked(With(Kept(Clean(0), image => image < 1800), Attacked("pgd", 8, 0.3)), again with { Course = again.Course! with { Losses = [] } });

        Assert.Equal(NotMeasured, Result<InferenceRepeats>(results).Outcome);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(20, true)]
    [InlineData(40, false)]
    public void Image_by_image_noise_wins_no_more_than_attacks_do(int overlooked, bool passes)
    {
        // PGD wins 1,000 images, noise fewer, but some of them others.
        var results = Checked(
            With(Clean(0.9), Kept(Attacked("fgsm", 8, 0), image => image < 1500), Kept(Attacked("pgd", 8, 0), image => image < 1000)),
            Kept(Attacked(CheckAttacks.Noise, 8, 0) with { Iterations = 0 }, image => image >= overlooked && image < 1990));

        Assert.Equal(passes, Result<ChanceDoesLess>(results).Outcome == Passed);
        if (!passes)
        {
            AssertUnreliable<ChanceDoesLess>("at eps 8 noise wins 40 of 2,000 images (2.00 %) that fgsm and pgd lose; alone it leaves 97.50 %", "where chance finds them", results);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(20, true)]
    [InlineData(40, false)]
    public void Image_by_image_another_networks_images_win_no_more_than_attacks_do(int overlooked, bool passes)
    {
        var own = With(Clean(0.9), Kept(Attacked("fgsm", 8, 0), image => image < 1500), Kept(Attacked("pgd", 8, 0), image => image < 1000));
        var shown = Kept(Attacked(CheckAttacks.Transfer, 8, 0) with { Iterations = 0, Transfer = new("other", "pgd") }, image => image >= overlooked && image < 1990);

        foreach (var results in new[] { Checked(own, shown), own with { Runs = [own.Runs[0] with { Cells = [.. own.Runs[0].Cells, shown with { Attack = "borrowed" }] }] } })
        {
            Assert.Equal(passes, Result<TransferDoesLess>(results).Outcome == Passed);
            Assert.Equal(NotMeasured, Result<ChanceDoesLess>(results).Outcome);
            if (!passes)
            {
                AssertUnreliable<TransferDoesLess>(
                    "at eps 8 what pgd made on other wins 40 of 2,000 images (2.00 %) that fgsm and pgd lose; alone it leaves 97.50 %", "it is masked", results);
            }
        }
    }

    [Fact]
    public void An_image_that_is_misclassified_as_it_is_is_nobodys_win()
    {
        // 40 images fall to noise and not to the attacks; 30 of them are misclassified without any.
        var results = Checked(
            With(Kept(Clean(0.9), image => image >= 30), Kept(Attacked("pgd", 8, 0), image => image < 1000)),
            Kept(Attacked(CheckAttacks.Noise, 8, 0) with { Iterations = 0 }, image => image is >= 40 and < 1990));

        var noise = Result<ChanceDoesLess>(results);

        Assert.Equal(Passed, noise.Outcome);
        Assert.Contains("noise wins 10 of 2,000 images", noise.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_other_network_no_verdict_waits_for_its_images()
    {
        var alone = Result<TransferDoesLess>(Checked(With(Clean(0.9), Attacked("pgd", 8, 0.3))));
        Assert.Equal((NotMeasured, Verdict.Reliable, "the campaign has one network"), (alone.Outcome, alone.Verdict, alone.What));

        var two = Result<TransferDoesLess>(Campaign);
        Assert.Equal((NotMeasured, Verdict.Doubtful, "the campaign did not ask for checks"), (two.Outcome, two.Verdict, two.What));

        var trains = Result<TransferDoesLess>(Under(Campaign, protocol => protocol with { AttackDomain = "encoded-train" }));
        Assert.Equal((NotMeasured, Verdict.Reliable), (trains.Outcome, trains.Verdict));
    }

    [Theory]
    [InlineData(600, 600, true, "")]
    [InlineData(595, 600, true, "")]
    [InlineData(570, 600, false, "state 28.50 %, the stronger attack's number, and measure again with a larger campaign.defaults.attack.iterations")]
    [InlineData(630, 600, false, "More effort does less")]
    public void More_steps_find_no_more(int stronger, int own, bool passes, string meaning)
    {
        var result = Result<MoreStepsFindNoMore>(Checked(
            With(Clean(0.9), Kept(Attacked("pgd", 8, 0), image => image < own)),
            Kept(Attacked(CheckAttacks.Iterations, 8, 0) with { StepSize = 2.55, Iterations = 35 }, image => image < stronger)));

        Assert.Equal(passes ? Verdict.Reliable : Verdict.Doubtful, result.Verdict);
        Assert.Contains(meaning, result.Meaning, StringComparison.Ordinal);
        Assert.StartsWith("at eps 8, 35 steps leave", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_made_stronger_is_what_it_is_compared_with()
    {
        // Twenty steps from one start were multiplied; seven from two leave less, and are another attack.
        var (ifgsm, pgd) = (Kept(Attacked("ifgsm", 8, 0) with { StepSize = 2.55, Iterations = 20 }, image => image < 600), Kept(Attacked("pgd", 8, 0) with { Restarts = 2 }, image => image < 500));
        var result = Result<MoreStepsFindNoMore>(Checked(
            With(Clean(0.9), ifgsm, pgd), Kept(Attacked(CheckAttacks.Iterations, 8, 0) with { StepSize = 2.55, Iterations = 100 }, image => image < 595)));

        Assert.Equal(Passed, result.Outcome);
        Assert.Contains("ifgsm's 20 steps 30.00 %", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void More_starts_may_leave_more_than_an_attack_from_the_clean_images()
    {
        var ifgsm = Kept(Attacked("ifgsm", 8, 0) with { StepSize = 2.55, Iterations = 20 }, image => image < 600);
        var starts = Kept(Attacked(CheckAttacks.Restarts, 8, 0) with { StepSize = 2.55, Iterations = 20, Restarts = 5 }, image => image < 650);

        Assert.Equal(Passed, Result<MoreStartsFindNoMore>(Checked(With(Clean(0.9), ifgsm), starts)).Outcome);
    }

    [Fact]
    public void A_check_on_the_first_images_is_compared_on_these()
    {
        var first = Kept(Attacked(CheckAttacks.Restarts, 8, 0) with { Restarts = 5 }, image => image < 100);
        var half = first with { Total = 200, Correct = 100, Accuracy = 0.5, Course = new(ImageBits.Pack([.. Enumerable.Range(0, 200).Select(image => image < 100)]), [1]) };
        var result = Result<MoreStartsFindNoMore>(Checked(With(Clean(0.9), Kept(Attacked("pgd", 8, 0), image => image is < 110 or > 500)), half));

        Assert.StartsWith("at eps 8, 5 starts leave 50.00 % of 200 images, pgd's 1 start 55.00 %", result.What, StringComparison.Ordinal);
        Assert.Equal(Verdict.Doubtful, result.Verdict);
    }

    [Theory]
    [InlineData(0.1, true)]
    [InlineData(0.16, true)]
    [InlineData(0.2, false)]
    public void Without_a_bound_nothing_withstands(double accuracy, bool passes)
    {
        var results = Checked(With(Clean(0.9), Attacked("pgd", 8, 0.3)), Attacked(CheckAttacks.Unbounded, 255, accuracy) with { Iterations = 10 });

        Assert.Equal(passes, Result<UnboundedWins>(results).Outcome == Passed);
        if (!passes)
        {
            AssertUnreliable<UnboundedWins>("at eps 255, 10 steps leave 20.00 %; chance is 10.00 %", "does not follow what it should", results);
        }
    }

    [Fact]
    public void Protocols_are_never_mixed()
    {
        var published = Attacked("fgsm", 8, 0.1) with { Protocol = "as-published" };

        Assert.Equal(NotMeasured, Result<ManyStepsDoWhatOneDoes>(With(Clean(0.9), Attacked("pgd", 8, 0.3), published)).Outcome);
    }

    private static NetworkVerdict Judged(CampaignResults results) => NetworkVerdict.Of(results)[0];

    private static CheckResult Result<TCheck>(CampaignResults results)
        where TCheck : RobustnessCheck => Judged(results).Results.Single(check => check.Check is TCheck).Result;

    private static void AssertUnreliable<TCheck>(string what, string meaning, CampaignResults results)
        where TCheck : RobustnessCheck
    {
        var result = Result<TCheck>(results);
        Assert.Equal((CheckOutcome.Failed, Verdict.Unreliable), (result.Outcome, result.Verdict));
        Assert.Contains(what, result.What, StringComparison.Ordinal);
        Assert.Contains(meaning, result.Meaning, StringComparison.Ordinal);
        Assert.Equal(Verdict.Unreliable, Judged(results).Verdict);
    }

    private static CampaignResults Under(CampaignResults results, Func<ProtocolSection, ProtocolSection> change) =>
        results with { Campaign = results.Campaign with { Protocols = [.. results.Campaign.Protocols.Select(change)] } };

    private static CampaignResults Checked(CampaignResults results, params IReadOnlyList<CellResult> checks) =>
        results with { Runs = [.. results.Runs.Select(run => run with { Checks = checks })] };

    /// <summary>A cell of which it was kept which images withstood.</summary>
    private static CellResult Kept(CellResult cell, Func<int, bool> withstood)
    {
        var correct = Enumerable.Range(0, cell.Total).Count(withstood);
        return cell with { Correct = correct, Accuracy = (double)correct / cell.Total, Course = new(Bits(withstood), [0.5, 1]) };
    }

    private static string Bits(Func<int, bool> withstood) => ImageBits.Pack([.. Enumerable.Range(0, 2000).Select(withstood)]);
}
