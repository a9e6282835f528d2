using System.Text.Json;
using SpikeTrail.Host.Reports.Comparison;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.Reports.Comparison.SampleComparison;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports.Comparison;

public sealed class CampaignComparisonTests
{
    private static readonly ComparedCampaign Base = Called("base", With(Clean(0.8), Attacked("pgd", 8, 0.3)));

    [Fact]
    public void Every_other_campaign_is_held_against_the_first()
    {
        var comparison = CampaignComparison.Of([Base, Called("second", With(Clean(0.81), Attacked("pgd", 8, 0.35))), Called("third", With(Clean(0.75)))]);

        Assert.Equal(
            [("second", "none", 1), ("third", "none", -5), ("second", "pgd", 5)],
            comparison.Differences.Select(difference => (difference.Other.Label, difference.Cell.Attack, (int)Math.Round(difference.Test.Difference * 100))));
        Assert.All(comparison.Differences, difference => Assert.Equal("base", difference.Base.Label));
    }

    [Fact]
    public void Cells_are_the_same_when_network_data_set_protocol_attack_and_budget_are()
    {
        var pgd = Attacked("pgd", 8, 0.3);
        var reference = Called("base", With(pgd));

        Assert.Single(CampaignComparison.Of([reference, Called("same", With(pgd))]).Differences);
        foreach (var other in new[]
        {
            With(pgd with { Protocol = "as-published" }),
            With(pgd with { Attack = "fgsm" }),
            With(pgd with { Epsilon = 4 }),
            Changed(With(pgd), run => run with { Network = run.Network with { Name = "another" } }),
            Changed(With(pgd), run => run with { Dataset = run.Dataset with { Name = "another" } }),
        })
        {
            var comparison = CampaignComparison.Of([reference, Called("other", other)]);

            Assert.Empty(comparison.Differences);
            Assert.Equal(["other", "base"], comparison.Missing.Select(missing => missing.Campaign));
        }
    }

    [Fact]
    public void Seeds_are_pooled_and_their_spread_is_told()
    {
        var seeds = Seeds(With(Clean(0.8)), (1, 1600), (2, 1640), (3, 1620));
        var measured = Assert.Single(CampaignComparison.Of([Base, Called("seeds", seeds)]).Differences).Other;

        Assert.Equal((4860, 6000), (measured.Correct, measured.Total));
        Assert.Equal(0.81, measured.Share, 1e-12);
        Assert.Equal(0.81, measured.Mean, 1e-12);
        Assert.Equal(0.01, measured.Spread!.Value, 1e-12);
    }

    [Fact]
    public void One_seed_has_no_spread() => Assert.Null(Base.Share(Base.Cells.First().Key).Spread);

    [Fact]
    public void The_more_is_compared_the_more_a_difference_must_be()
    {
        // 80 % and 82.6 % of 2,000 images: p is 0.035 alone.
        var (reference, other) = (Clean(0.8), Clean(0.826));

        var alone = Assert.Single(CampaignComparison.Of([Called("base", With(reference)), Called("other", With(other))]).Differences);
        var among = CampaignComparison.Of(
        [
            Called("base", With(reference, Attacked("fgsm", 8, 0.4), Attacked("pgd", 8, 0.3))),
            Called("other", With(other, Attacked("fgsm", 8, 0.41), Attacked("pgd", 8, 0.31))),
        ]).Differences;

        Assert.InRange(alone.CorrectedPValue, 0.03, 0.04);
        Assert.True(alone.LargerThanChance);
        Assert.Equal(alone.Test, among[0].Test);
        Assert.False(among[0].LargerThanChance);
        Assert.Equal(3 * alone.CorrectedPValue, among[0].CorrectedPValue, 1e-12);
    }

    [Fact]
    public void A_cell_that_one_lacks_is_listed_with_the_reason()
    {
        var partial = Changed(With(), run => run with { Missing = [new("strict", "none", 0, Errored: false), new("strict", "pgd", 8, Errored: true)] });
        var reference = Called("base", With(Clean(0.8), Attacked("pgd", 8, 0.3), Attacked("fgsm", 8, 0.4)));

        Assert.Equal(
            [("none", "partial", "unfinished there"), ("pgd", "partial", "given up there"), ("fgsm", "partial", "not part of it")],
            CampaignComparison.Of([reference, Called("partial", partial)]).Missing.Select(missing => (missing.Cell.Attack, missing.Campaign, missing.Reason)));
    }

    [Fact]
    public void Campaigns_that_are_alike_have_no_unlike_setting() => Assert.Empty(UnlikeSetting.Between(Base, Called("other", With(Clean(0.7), Attacked("pgd", 8, 0.2)))));

    [Fact]
    public void Every_setting_that_is_not_alike_is_named_once_with_both_values()
    {
        var other = Changed(With(Clean(0.8), Attacked("pgd", 8, 0.3) with { StepSize = 1, Iterations = 50, Restarts = 5 }), run => run with
        {
            Network = run.Network with { Depth = 34, Width = 0.5, Pool = "average", Weights = "00ff" },
            Dataset = run.Dataset with { Encoder = "rate", TimeSteps = 4, TestImages = 300 },
            Epochs = [],
            Seed = 7,
        });
        other = other with { Campaign = other.Campaign with { Protocols = [other.Campaign.Protocols[0] with { AttackDomain = "encoded-train", Contaminate = true }] } };

        Assert.Equal(
            [
                "network sew-resnet18-max: depth 18, 34",
                "network sew-resnet18-max: width 1, 0.5",
                "network sew-resnet18-max: pool max, average",
                "network sew-resnet18-max: weights none, 00ff",
                "data set fashion-mnist: encoder phase, rate",
                "data set fashion-mnist: time-steps 10, 4",
                "data set fashion-mnist: test-images 2000, 300",
                "training of sew-resnet18-max on fashion-mnist: epochs 2, 0",
                "runs of sew-resnet18-max on fashion-mnist: seeds 3407, 7",
                "protocol strict: attack-domain pixels, encoded-train",
                "protocol strict: contaminate false, true",
                "attack pgd: step-size 2.55, 1",
                "attack pgd: iterations 7, 50",
                "attack pgd: restarts 1, 5",
            ],
            UnlikeSetting.Between(Base, Called("other", other)).Select(unlike => $"{unlike.Of}: {unlike.Key} {unlike.Base}, {unlike.Value}"));
    }

    [Fact]
    public void How_it_was_trained_is_compared_where_provenance_tells()
    {
        var (slow, fast) = (Trained("slow", "1e-4"), Trained("fast", "1e-3"));

        Assert.Equal(
            new UnlikeSetting("training of sew-resnet18-max on fashion-mnist", "optimizer.learning-rate", "1e-4", "fast", "1e-3"),
            Assert.Single(UnlikeSetting.Between(slow, fast)));
        Assert.Empty(UnlikeSetting.Between(slow, Base));
    }

    [Fact]
    public void What_only_provenance_knows_of_networks_codes_and_the_measurement_is_compared_too()
    {
        var (mine, theirs) = (Configured("mine", alpha: 2, phaseBits: 8, batch: 50), Configured("theirs", alpha: 8, phaseBits: 4, batch: 100));

        Assert.Equal(
            [
                "network sew-resnet18-max: neuron.surrogate.alpha 2, 8",
                "data set fashion-mnist: encoder.phase-bits 8, 4",
                "evaluation: batch-size 50, 100",
            ],
            UnlikeSetting.Between(mine, theirs).Select(unlike => $"{unlike.Of}: {unlike.Key} {unlike.Base}, {unlike.Value}"));
        Assert.Empty(UnlikeSetting.Between(mine, Base));
    }

    [Theory]
    [InlineData("""{"checks":50}""", """{"checks":2147483647}""", "checks 50, on")]
    [InlineData("""{"name":"a"}""", """{"checks":50}""", "checks off, 50")]
    public void Checks_of_more_or_fewer_images_are_named(string mine, string theirs, string said)
    {
        Assert.Equal(["campaign: " + said], UnlikeSetting.Between(Of(mine), Of(theirs)).Select(unlike => $"{unlike.Of}: {unlike.Key} {unlike.Base}, {unlike.Value}"));

        static ComparedCampaign Of(string campaign) => new("c", new(Base.Results, SampleResults.Provenance with
        {
            Configuration = JsonDocument.Parse("""{"campaign":CAMPAIGN}""".Replace("CAMPAIGN", campaign, StringComparison.Ordinal)).RootElement,
        }));
    }

    private static ComparedCampaign Configured(string label, int alpha, int phaseBits, int batch) => new(label, new(Base.Results, SampleResults.Provenance with
    {
        Configuration = JsonSerializer.SerializeToElement(new
        {
            campaign = new Dictionary<string, object>
            {
                ["networks"] = new object[]
                {
                    new { name = "another", neuron = new { threshold = alpha } },
                    new { name = "sew-resnet18-max", neuron = new { kind = "if", threshold = 1, surrogate = new { kind = "atan", alpha } } },
                },
                ["data-sets"] = new[] { new { name = "fashion-mnist", encoder = new Dictionary<string, object> { ["kind"] = "phase", ["phase-bits"] = phaseBits } } },
                ["evaluation"] = new Dictionary<string, object> { ["batch-size"] = batch },
            },
        }),
    }));

    private static ComparedCampaign Trained(string label, string rate) => new(label, new(Base.Results, SampleResults.Provenance with
    {
        Configuration = JsonDocument.Parse("""{"campaign":{"training":{"epochs":2,"optimizer":{"kind":"adam","learning-rate":RATE}}}}""".Replace("RATE", rate, StringComparison.Ordinal)).RootElement,
    }));

    private static CampaignResults Changed(CampaignResults results, Func<RunResult, RunResult> change) => results with { Runs = [.. results.Runs.Select(change)] };

    private static CampaignResults Seeds(CampaignResults results, params (long Seed, int Correct)[] seeds) => results with
    {
        Runs = [.. seeds.Select(seed => results.Runs[0] with { Seed = seed.Seed, Cells = [results.Runs[0].Cells[0] with { Correct = seed.Correct }] })],
    };
}
