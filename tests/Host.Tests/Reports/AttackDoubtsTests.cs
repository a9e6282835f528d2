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
        Assert.Contains("masked", doubt.Meaning, StringComparison.Ordinal);
        Assert.Equal("sew-resnet18-max/fashion-mnist/3407, strict", doubt.Where);
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

    private static AttackDoubt OnlyDoubt(params IReadOnlyList<CellResult> cells) => Assert.Single(AttackDoubts.Find(With(cells)));
}
