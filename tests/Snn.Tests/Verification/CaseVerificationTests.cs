using System.Globalization;
using System.Text.Json.Nodes;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>
/// Verification agrees with a second implementation that shares nothing with it but libtorch, and does so no longer when any
/// one meaning in that implementation, or any one figure in its case, is another.
/// </summary>
public sealed class CaseVerificationTests(ITestOutputHelper output)
{
    private static readonly ReferenceCase Sew = new() { Side = 16, TimeSteps = 4, Iterations = 2 };
    private static readonly ReferenceCase SewAverage = Sew with { Pool = "avg" };
    private static readonly ReferenceCase Spiking = Sew with { Sew = false };

    /// <summary>What is wrong, and the first section that has to show it; those before it still agree.</summary>
    private static readonly Dictionary<string, (string Section, ReferenceCase Case)> Flips = new()
    {
        ["the code's bits come least significant first"] = ("inputs", Sew with { Semantics = new() { LeastBitFirst = true } }),
        ["average in place of maximum pooling"] = ("eval", Sew with { Semantics = new() { OtherPool = true } }),
        ["maximum in place of average pooling"] = ("eval", SewAverage with { Semantics = new() { OtherPool = true } }),
        ["average pooling leaves the padding out"] = ("eval", SewAverage with { Semantics = new() { PoolCountsPadding = false } }),
        ["another threshold"] = ("eval", Sew with { Semantics = new() { Threshold = 0.999 } }),
        ["soft in place of hard reset"] = ("eval", Sew with { Semantics = new() { SoftReset = true } }),
        ["SEW's reset lets the gradient through"] = ("eval", Sew with { Semantics = new() { OtherDetach = true } }),
        ["Spiking-ResNet's reset is detached"] = ("eval", Spiking with { Semantics = new() { OtherDetach = true } }),
        ["a leak, the input decaying too"] = ("eval", Sew with { Semantics = new() { Decay = (0.5, 0.5) } }),
        ["a leak"] = ("eval", Sew with { Semantics = new() { Decay = (0.5, 1) } }),
        ["a surrogate twice as sharp"] = ("eval", Sew with { Semantics = new() { SurrogateAlpha = 4 } }),
        ["Spiking-ResNet's shortcut has neurons"] = ("eval", Spiking with { Semantics = new() { SpikingShortcutHasNeurons = true } }),
        ["the loss is the batch's sum"] = ("eval", Sew with { Semantics = new() { LossIsSum = true } }),
        ["batch norm takes each time step by itself"] = ("train", Sew with { Semantics = new() { NormByStep = true } }),
        ["running statistics move faster"] = ("running statistics", Sew with { Semantics = new() { NormMomentum = 0.11 } }),
        ["attacks take their gradient on running statistics"] = ("fgsm", Sew with { Semantics = new() { AttackOnRunningStatistics = true } }),
        ["predictions are made on batch statistics"] = ("fgsm", Sew with { Semantics = new() { PredictionOnBatchStatistics = true } }),
        ["running statistics do not carry over to the prediction"] = ("fgsm", Sew with { Semantics = new() { CarriesStatistics = false } }),
        ["attacks leave [0, 1]"] = ("fgsm", Sew with { Semantics = new() { Clamps = false } }),
        ["PGD leaves the eps ball"] = ("pgd", Sew with { Semantics = new() { Projects = false } }),
        ["PGD starts at the clean batch"] = ("pgd", Sew with { Semantics = new() { StartsAtNoise = false } }),
        ["PGD goes on with the statistics that FGSM left"] = ("pgd", Sew with { Semantics = new() { PgdAfterFgsm = true } }),
        ["weight decay is decoupled"] = ("adam", Sew with { Semantics = new() { CoupledDecay = false } }),
        ["Adam's first moment decays faster"] = ("adam", Sew with { Semantics = new() { AdamDecays = (0.8, 0.999) } }),
        ["Adam's second moment decays faster"] = ("adam", Sew with { Semantics = new() { AdamDecays = (0.9, 0.99) } }),
        ["Adam's moments are not corrected"] = ("adam", Sew with { Semantics = new() { AdamCorrectsBias = false } }),
    };

    private static readonly Lazy<string> SewCase = new(() => Sew.Compute().ToJsonString());

    public static TheoryData<string> FlipNames { get; } = [.. Flips.Keys];

    [Theory]
    [InlineData(true, 10, "max", 10)]
    [InlineData(true, 18, "avg", 100)]
    [InlineData(true, 50, "max", 100)]
    [InlineData(false, 18, "max", 10)]
    [InlineData(false, 34, "avg", 10)]
    [InlineData(false, 50, "max", 10)]
    public void A_second_implementation_agrees(bool sew, int depth, string pool, int classes)
    {
        var golden = new ReferenceCase { Sew = sew, Depth = depth, Pool = pool, Classes = classes, Width = depth == 50 ? 1 / 32.0 : 1 / 16.0, Side = 16, TimeSteps = 4, Iterations = 2, Seed = depth };

        var sections = CaseFile.Verify(golden.Compute(), new VerificationOptions(Groups: 4, Window: 3));

        Show(sections);
        Assert.All(sections, section => Assert.True(section.Agrees, $"{section.First}"));
        Assert.Equal(["inputs", "eval", "train", "probes", "running statistics", "fgsm", "pgd", "adam"], sections.Select(section => section.Section));
    }

    [Fact]
    public void Images_of_another_shape_and_batches_of_another_size_agree()
    {
        var golden = Sew with { Channels = 1, Side = 20, Images = 3, TimeSteps = 4, Seed = -5 };

        Assert.All(CaseFile.Verify(golden.Compute()), section => Assert.True(section.Agrees, $"{section.First}"));
    }

    [Theory]
    [MemberData(nameof(FlipNames))]
    public void Another_meaning_is_seen(string what)
    {
        var (wrong, golden) = Flips[what];

        var sections = CaseFile.Verify(golden.Compute());

        Show(sections);
        var first = sections.First(section => !section.Agrees);
        Assert.Equal(wrong, first.Section);
        Assert.True(first.Largest!.Relative > 1e-6, $"a small difference: {first.Largest}");
    }

    [Theory]
    [InlineData("image_sum", "inputs")]
    [InlineData("encoded.values[15]", "inputs")]
    [InlineData("eval.logits[1][9]", "eval")]
    [InlineData("eval.loss", "eval")]
    [InlineData("eval.input_gradient.l1", "eval")]
    [InlineData("eval.weight_gradients.fc.bias.values[3]", "eval")]
    [InlineData("eval.probes[7].zeros", "probes")]
    [InlineData("train.input_gradient.zeros", "train")]
    [InlineData("train.weight_gradients.conv1.weight.sum", "train")]
    [InlineData("train.probes[0].norm", "probes")]
    [InlineData("train.running_statistics_after.bn1.running_var.l2", "running statistics")]
    [InlineData("fgsm.adversarial.zeros", "fgsm")]
    [InlineData("fgsm.logits[0][0]", "fgsm")]
    [InlineData("pgd.adversarial.values[0]", "pgd")]
    [InlineData("pgd.logits[0][0]", "pgd")]
    [InlineData("adam.losses[0]", "adam")]
    [InlineData("adam.weights_after.fc.weight.values[0]", "adam")]
    public void Another_figure_is_seen(string entry, string wrong)
    {
        var golden = JsonNode.Parse(SewCase.Value)!.AsObject();
        Change(golden, entry);

        var different = CaseFile.Verify(golden).Where(section => !section.Agrees).ToList();

        var section = Assert.Single(different);
        Assert.Equal(wrong, section.Section);
        if (wrong != "probes")
        {
            Assert.Equal(entry, section.First!.Entry);
        }
    }

    [Fact]
    public void Labels_other_than_those_of_the_hash_are_seen()
    {
        var golden = JsonNode.Parse(SewCase.Value)!.AsObject();
        Change(golden, "labels[1]");

        Assert.Equal("labels[1]", CaseFile.Verify(golden)[0].First?.Entry);
    }

    [Theory]
    [InlineData(2, int.MaxValue)]
    [InlineData(6, 1)]
    [InlineData(3, 4)]
    public void Neither_layer_groups_nor_frames_change_a_bit(int groups, int window)
    {
        var golden = JsonNode.Parse(SewCase.Value)!.AsObject();

        Assert.Equal(CaseFile.Verify(golden), CaseFile.Verify(golden, new VerificationOptions(groups, window)));
    }

    [Fact]
    public void Keys_that_nobody_knows_are_named()
    {
        var golden = JsonNode.Parse(SewCase.Value)!.AsObject();
        golden["remark"] = "none";
        golden["pgd"]!["restarts"] = 3;
        using var file = new CaseFile(golden.ToJsonString());

        Assert.Equal(["pgd.restarts", "remark"], GoldenCaseReader.Read(file.Path).Unchecked.Order());
    }

    /// <summary>Weights and images are facts of the format: these are stated by golden cases.</summary>
    [Theory]
    [InlineData(1, 10, 786_509, 6, 9)]
    [InlineData(2, 100, 779_143, 66, 80)]
    [InlineData(3, 10, 780_973, 6, 0)]
    public void The_hash_gives_known_images_and_labels(long seed, int classes, int sum, params int[] labels)
    {
        Assert.Equal(sum, HashFill.Images(2, [3, 32, 32], seed).Sum(pixel => pixel));
        Assert.Equal(labels, HashFill.Labels(2, classes, seed).Select(label => (int)label));
    }

    /// <summary>Adds one to a count, a millionth to anything else.</summary>
    private static void Change(JsonNode root, string entry)
    {
        var keys = new Queue<string>(entry.Replace("[", ".[", StringComparison.Ordinal).Split('.'));
        var node = root;
        while (keys.TryDequeue(out var key))
        {
            if (key[0] == '[')
            {
                node = node[int.Parse(key[1..^1], CultureInfo.InvariantCulture)]!;
                continue;
            }

            // State-dict keys have dots of their own.
            while (!node.AsObject().ContainsKey(key))
            {
                key += "." + keys.Dequeue();
            }

            node = node[key]!;
        }

        var text = node.ToJsonString();
        node.ReplaceWith(long.TryParse(text, CultureInfo.InvariantCulture, out var count)
            ? JsonValue.Create(count == 9 ? 8 : count + 1)
            : JsonValue.Create(node.GetValue<double>() * (1 + 1e-6)));
    }

    private void Show(List<SectionResult> sections) => output.WriteLine(string.Join('\n', sections));
}
