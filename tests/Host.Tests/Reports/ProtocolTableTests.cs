using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class ProtocolTableTests
{
    private static readonly ProtocolSection Published =
        new("as-published", "encoded-train", "batch", Contaminate: true, "shuffled", "running", PhaseWeights: false);

    [Fact]
    public void Protocols_stand_side_by_side_with_their_difference_to_strict()
    {
        var table = ProtocolTable.Of(With(
            SampleResults.Clean(0.8) with { Protocol = "as-published" },
            SampleResults.Attacked("pgd", 8, 0.5) with { Protocol = "as-published" },
            SampleResults.Clean(0.81),
            SampleResults.Attacked("pgd", 8, 0.4125)));

        Assert.Equal(
            """
            network           pool  data set       protocol               seed  clean  pgd 8   input zeros
            sew-resnet18-max  max   fashion-mnist  as-published           3407  80.00  50.00         31.25
            sew-resnet18-max  max   fashion-mnist  strict                 3407  81.00  41.25         31.25
            difference        max   fashion-mnist  as-published − strict        -1.00  +8.75†

            """,
            table.ToPlain());
    }

    [Fact]
    public void One_protocol_has_nothing_to_stand_beside() => Assert.Equal(0, ProtocolTable.Of(SampleResults.Campaign).Rows);

    [Fact]
    public void Images_where_the_published_attack_would_stop_are_told()
    {
        var cell = SampleResults.Attacked("pgd", 8, 0.4) with { Protocol = "as-published" };
        var doubts = AttackDoubts.Find(With(SampleResults.Clean(0.81) with { Protocol = "as-published" }, cell with { InputGradient = cell.InputGradient with { VanishingImages = 3 } }));

        Assert.Contains("3 of 2,000 images had a gradient shorter than 1e-6", Assert.Single(doubts).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_that_is_no_number_is_told()
    {
        var cell = SampleResults.Attacked("fgsm", 8, 0.4);
        var doubts = AttackDoubts.Find(With(SampleResults.Clean(0.81), cell with { InputGradient = cell.InputGradient with { L2 = double.NaN, VanishingImages = 2000 } }));

        Assert.Contains("the input gradient is not finite", Assert.Single(doubts).What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_phase_codes_bits_explain_nothing_where_the_train_is_attacked()
    {
        var cells = new[] { SampleResults.Clean(0.81), SampleResults.Attacked("fgsm", 6, 0.4), SampleResults.Attacked("fgsm", 8, 0.45) };
        var published = With([.. cells.Select(cell => cell with { Protocol = "as-published" })]);
        published = published with { Campaign = published.Campaign with { Protocols = [Published with { Contaminate = false }] } };

        Assert.Contains("flips", Assert.Single(AttackDoubts.Find(With(cells))).What, StringComparison.Ordinal);
        Assert.DoesNotContain("flips", Assert.Single(AttackDoubts.Find(published)).What, StringComparison.Ordinal);
    }

    private static CampaignResults With(params IReadOnlyList<CellResult> cells)
    {
        var results = SampleResults.With(cells);
        return results with { Campaign = results.Campaign with { Protocols = [.. results.Campaign.Protocols, Published] } };
    }
}
