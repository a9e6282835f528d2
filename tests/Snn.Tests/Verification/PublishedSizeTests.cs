using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Tests.Networks;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>
/// Networks of published size against the figures of the authors' code, and of the second implementation where there are none.
/// All round differently, by some 1e-13; a different meaning shows up as 1e-2.
/// </summary>
[Trait("Category", "Slow")]
public sealed class PublishedSizeTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases { get; } = ["sew_resnet18_max_c10", "sew_resnet18_avg_c100", "spiking_resnet18_c10"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_cases_agree(string name) => AssertAgrees(Golden.PathOf($"{name}.json"), new VerificationOptions());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_cases_agree_through_four_layer_groups(string name) =>
        AssertAgrees(Golden.PathOf($"{name}.json"), new VerificationOptions(Groups: 4, Window: 3));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_cases_agree_in_float32(string name) =>
        AssertAgrees(Golden.PathOf($"{name}.json"), new VerificationOptions(Precision: Precision.Float32));

    [Theory]
    [InlineData(true, 34, "avg", 100)]
    [InlineData(true, 50, "max", 10)]
    [InlineData(false, 34, "max", 10)]
    [InlineData(false, 50, "avg", 100)]
    public void Deeper_networks_agree_with_the_second_implementation(bool sew, int depth, string pool, int classes)
    {
        var golden = new ReferenceCase { Sew = sew, Depth = depth, Pool = pool, Classes = classes, Width = 1, Iterations = 3, Seed = 50 };
        using var file = new CaseFile(golden.Compute().ToJsonString());

        AssertAgrees(file.Path, new VerificationOptions(Groups: 4));
        AssertAgrees(file.Path, new VerificationOptions(Precision: Precision.Float32));
    }

    /// <summary>The second implementation is itself held against the authors' code.</summary>
    [Theory]
    [InlineData("sew_resnet18_max_c10", true, "max", 10, 1)]
    [InlineData("sew_resnet18_avg_c100", true, "avg", 100, 2)]
    [InlineData("spiking_resnet18_c10", false, "max", 10, 3)]
    public void The_second_implementation_computes_the_golden_cases(string name, bool sew, string pool, int classes, long seed)
    {
        var golden = GoldenCaseReader.Read(Golden.PathOf($"{name}.json"));
        using var file = new CaseFile(new ReferenceCase { Sew = sew, Depth = 18, Pool = pool, Classes = classes, Width = 1, Seed = seed }.Compute().ToJsonString());
        var reference = GoldenCaseReader.Read(file.Path);

        var comparison = new Comparison("all", tolerance: 1e-9);
        foreach (var (expected, actual) in new[] { (golden.Eval, reference.Eval), (golden.Train, reference.Train) })
        {
            comparison.Numbers("logits", expected.Logits, actual.Logits);
            comparison.Sampled("input gradient", expected.InputGradient, actual.InputGradient);
            foreach (var (key, gradient) in expected.WeightGradients)
            {
                comparison.Sampled(key, gradient, actual.WeightGradients[key]);
            }

            foreach (var (ours, theirs) in (actual.Probes ?? []).Zip(expected.Probes ?? []))
            {
                Assert.Equal(theirs with { Norm = 0 }, ours with { Norm = 0 });
                comparison.Number(theirs.Module, theirs.Norm, ours.Norm);
            }
        }

        comparison.Numbers("FGSM's logits", golden.Fgsm.Logits, reference.Fgsm.Logits);
        comparison.Numbers("PGD's logits", golden.Pgd.Logits, reference.Pgd.Logits);
        comparison.Numbers("Adam's losses", golden.Adam.Losses, reference.Adam.Losses);
        Assert.True(comparison.Result.Agrees, $"{comparison.Result.First}");
        output.WriteLine($"{comparison.Result}");
    }

    private void AssertAgrees(string file, VerificationOptions options)
    {
        foreach (var section in CaseFile.Verify(file, options))
        {
            output.WriteLine($"{section}");
            Assert.True(section.Agrees, $"{section.First}");
        }
    }
}
