using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class AttackDoubtsTests
{
    [Fact]
    public void Believable_numbers_raise_no_doubt() =>
        Assert.Empty(AttackDoubts.Find(Campaign));

    [Fact]
    public void Pgd_far_above_fgsm_at_the_same_budget_is_doubted()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 8, 0.35));

        Assert.Equal("at eps 8, pgd leaves 35.00 % and fgsm only 30.00 %", doubt.What);
        Assert.Equal("sew-resnet18-max/fashion-mnist/3407, strict", doubt.Where);
    }

    [Fact]
    public void What_an_attack_is_called_does_not_say_how_many_steps_it_takes()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("one-step", 8, 0.3), Attacked("fgsm-iterated", 8, 0.35) with { Iterations = 7 });

        Assert.Equal("at eps 8, fgsm-iterated leaves 35.00 % and one-step only 30.00 %", doubt.What);
    }

    [Fact]
    public void Images_without_a_gradient_make_a_sign_point_to_a_masked_gradient()
    {
        var doubt = AttackDoubts.Find(With(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 8, 0.35, allZeroImages: 21)))[0];

        Assert.EndsWith("only 30.00 %; 21 of 2,000 images (1.05 %) have no gradient at all", doubt.What, StringComparison.Ordinal);
        Assert.Contains("points to masking", doubt.Meaning, StringComparison.Ordinal);
        Assert.DoesNotContain("do not decide", doubt.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Mostly_zero_gradients_make_a_sign_point_to_a_masked_gradient()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 2, 0.5), WithZeros(Attacked("fgsm", 4, 0.5) with { Loss = 1.75 }, 0.75));

        Assert.EndsWith("to eps 4 (50.00 %); 75.00 % of the input gradient are exactly zero", doubt.What, StringComparison.Ordinal);
        Assert.Contains("points to masking", doubt.Meaning, StringComparison.Ordinal);
        Assert.DoesNotContain("do not decide", doubt.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.3, 20)]
    public void A_sign_with_gradients_that_reach_the_images_is_left_undecided(double zeros, int allZeroImages)
    {
        var pgd = WithZeros(Attacked("pgd", 8, 0.35, allZeroImages), zeros);
        var doubt = AttackDoubts.Find(With(Clean(0.9), Attacked("fgsm", 8, 0.3), pgd))[0];

        Assert.EndsWith("only 30.00 %", doubt.What, StringComparison.Ordinal);
        Assert.Contains("do not decide between a too weak attack", doubt.Meaning, StringComparison.Ordinal);
        Assert.Contains("--set 'campaign.attacks=[{ kind = pgd, iterations = 50, restarts = 5 }]'", doubt.Meaning, StringComparison.Ordinal);
        Assert.DoesNotContain("masking", doubt.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_higher_loss_at_a_higher_accuracy_is_told()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 8, 0.35) with { Loss = 3.5 });

        Assert.EndsWith("; its loss is higher all the same, 3.5000 against 3.2500", doubt.What, StringComparison.Ordinal);
        Assert.Contains("Loss and accuracy disagree", doubt.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5, "; the loss falls from 1.7500 to 1.5000", "does not climb")]
    [InlineData(2.0, "; the loss rises all the same, from 1.7500 to 2.0000", "disagree")]
    public void The_loss_of_a_budget_without_effect_is_told(double loss, string numbers, string meaning)
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 2, 0.5), Attacked("fgsm", 4, 0.5) with { Loss = loss });

        Assert.EndsWith(numbers, doubt.What, StringComparison.Ordinal);
        Assert.Contains(meaning, doubt.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_training_loss_that_is_not_finite_is_told_at_its_first_epoch(double loss, string word)
    {
        var campaign = With(Clean(0.9));
        var run = campaign.Runs[0] with { Epochs = [new(1, 0.7, 0.6, 0.8), new(2, loss, 0.6, 0.8), new(3, double.NaN, 0.6, 0.8)] };
        var doubt = Assert.Single(AttackDoubts.Find(campaign with { Runs = [run] }));

        Assert.Equal($"the training loss of epoch 2 is {word}", doubt.What);
        Assert.Equal("sew-resnet18-max/fashion-mnist/3407", doubt.Where);
        Assert.StartsWith("The training diverged", doubt.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_that_are_not_finite_are_the_only_sign_of_their_protocol()
    {
        var doubt = OnlyDoubt(Clean(0.5), Attacked("fgsm", 2, 0.5) with { Loss = double.NaN }, Attacked("fgsm", 4, 0.5, allZeroImages: 9));

        Assert.Equal("the loss under fgsm at eps 2 is NaN, and 1 of 3 losses are not finite", doubt.What);
        Assert.StartsWith("The training diverged", doubt.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Pgd_within_two_points_of_fgsm_is_left_alone() =>
        Assert.Empty(AttackDoubts.Find(With(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 8, 0.315))));

    [Fact]
    public void Budgets_are_compared_like_with_like() =>
        Assert.Empty(AttackDoubts.Find(With(Clean(0.9), Attacked("fgsm", 8, 0.3), Attacked("pgd", 2, 0.6))));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.6)]
    public void An_accuracy_that_does_not_fall_as_the_budget_grows_is_doubted(double atLargerBudget)
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 2, 0.5), Attacked("fgsm", 4, atLargerBudget));

        Assert.StartsWith("under fgsm accuracy does not fall from eps 2 (50.00 %) to eps 4", doubt.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_at_chance_cannot_be_judged()
    {
        var doubt = OnlyDoubt(Clean(0.12), Attacked("fgsm", 8, 0.09));

        Assert.Equal("clean accuracy is 12.00 %, chance 10.00 %", doubt.What);
        Assert.StartsWith("Robustness cannot be judged", doubt.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_phase_code_a_longer_step_that_flips_fewer_bits_is_a_masked_gradient()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 6, 0.5), Attacked("fgsm", 8, 0.55));

        Assert.EndsWith("in the phase code a step of 8/255 flips 1.83 of a byte's 8 bits on average, one of 6/255 flips 2.83", doubt.What, StringComparison.Ordinal);
        Assert.Contains("a masked gradient, not a defect", doubt.Meaning, StringComparison.Ordinal);
        Assert.DoesNotContain("do not decide", doubt.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1.9609375)]
    [InlineData(128, 2.25)]
    public void The_bits_that_a_step_flips_are_counted_over_all_bytes(double epsilon, double bits) =>
        Assert.Equal(bits, PhaseCodeSteps.FlippedBits(epsilon), precision: 10);

    [Fact]
    public void An_attack_that_leaves_the_clean_accuracy_is_doubted()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 2, 0.9));

        Assert.StartsWith("under fgsm accuracy does not fall from the clean images", doubt.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_chance_nothing_need_fall_any_further() =>
        Assert.Empty(AttackDoubts.Find(With(Clean(0.9), Attacked("fgsm", 2, 0.05), Attacked("fgsm", 4, 0.05))));

    [Fact]
    public void Images_without_a_gradient_are_counted_once_for_each_attack()
    {
        var doubt = OnlyDoubt(Clean(0.9), Attacked("fgsm", 2, 0.6, allZeroImages: 40), Attacked("fgsm", 4, 0.5, allZeroImages: 50));

        Assert.Equal("under fgsm at eps 4, 50 of 2,000 images (2.50 %) have an all-zero gradient", doubt.What);
    }

    [Fact]
    public void Protocols_are_never_mixed()
    {
        var published = Attacked("fgsm", 8, 0.1) with { Protocol = "as-published" };

        Assert.Empty(AttackDoubts.Find(With(Clean(0.9), Attacked("pgd", 8, 0.3), published)));
    }

    private static CellResult WithZeros(CellResult cell, double share) => cell with { InputGradient = cell.InputGradient with { ZeroFraction = share } };

    private static AttackDoubt OnlyDoubt(params IReadOnlyList<CellResult> cells) => Assert.Single(AttackDoubts.Find(With(cells)));
}
