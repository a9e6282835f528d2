using System.Text.Json;
using System.Text.Json.Nodes;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Results;

public sealed class ResultsSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "results-schema.json"))).RootElement;

    private static readonly JsonNode Written = JsonNode.Parse(ResultsJson.Write(SampleResults.Campaign))!;

    [Fact]
    public void Written_results_fit_the_schema() =>
        Assert.Empty(Violations(Written));

    [Theory]
    [InlineData("$", "network", "schema")]
    [InlineData("$.campaign", "host", "complete")]
    [InlineData("$.runs[0].cells[0]", "seconds", "loss")]
    [InlineData("$.runs[0].cells[1].operations[0]", "middle-norm", "kind")]
    public void A_key_too_many_or_too_few_does_not_fit(string path, string tooMany, string tooFew)
    {
        var more = Written.DeepClone();
        At(more, path)[tooMany] = "x";
        Assert.Equal([$"{path}: unknown {tooMany}"], Violations(more));

        var fewer = Written.DeepClone();
        At(fewer, path).Remove(tooFew);
        Assert.Equal([$"{path}: lacks {tooFew}"], Violations(fewer));
    }

    [Fact]
    public void An_accuracy_in_per_cent_does_not_fit()
    {
        var results = Written.DeepClone();
        At(results, "$.runs[0].cells[0]")["accuracy"] = 83.2;

        Assert.Equal(["$.runs[0].cells[0].accuracy: more than 1"], Violations(results));
    }

    [Fact]
    public void A_run_with_cells_missing_fits_and_comes_back_equal()
    {
        MissingCell[] missing = [new("strict", "pgd", 0.5, Errored: true), new("strict", "pgd", 8, Errored: false)];
        var partial = SampleResults.Campaign with { Runs = [SampleResults.Campaign.Runs[0] with { Missing = missing }] };

        var text = ResultsJson.Write(partial);

        Assert.Empty(Violations(JsonNode.Parse(text)!));
        Assert.Equal(missing, ResultsJson.Read(text).Runs.Single().Missing);
    }

    [Fact]
    public void Results_from_before_cells_were_said_to_be_missing_are_read_all_the_same()
    {
        var older = Written.DeepClone();
        foreach (var run in older["runs"]!.AsArray())
        {
            run!.AsObject().Remove("missing");
        }

        Assert.All(ResultsJson.Read(older.ToJsonString()).Runs, run => Assert.Empty(run.Missing));
    }

    [Fact]
    public void Checks_fit_and_come_back_equal()
    {
        var noise = SampleResults.Attacked("check-noise", 8, 0.5) with
        {
            Total = 9,
            InputGradient = new(double.NaN, double.NaN, double.NaN, double.NaN, 0, 0),
            Course = new("SQA=", [double.NaN]),
        };
        var text = ResultsJson.Write(SampleResults.Campaign with { Runs = [SampleResults.Campaign.Runs[0] with { Checks = [noise] }] });

        Assert.Empty(Violations(JsonNode.Parse(text)!));
        Assert.Equal(text, ResultsJson.Write(ResultsJson.Read(text)));
        Assert.Contains(
            "withstood of strict check-noise: expected the bits of 9 images, found 1 bytes",
            Assert.Throws<JsonException>(() => ResultsJson.Read(text.Replace("SQA=", "SQ==", StringComparison.Ordinal))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_diverged_run_fits()
    {
        var cell = SampleResults.Attacked("fgsm", 2, 0.1) with
        {
            Loss = double.NaN,
            InputGradient = new(0, double.PositiveInfinity, double.NaN, double.NegativeInfinity, 0, 0),
            Operations = [new("conv1", "Conv2d", 0, 0, double.NaN, double.NaN)],
        };
        var campaign = SampleResults.With(cell);
        var diverged = campaign with
        {
            Runs = [campaign.Runs[0] with { Epochs = [new(1, double.PositiveInfinity, double.NaN, 0.1)] }],
        };

        Assert.Empty(Violations(JsonNode.Parse(ResultsJson.Write(diverged))!));
    }

    [Theory]
    [InlineData("$.runs[0].cells[0]", "loss", "high")]
    [InlineData("$.runs[0].cells[0]", "accuracy", "NaN")]
    [InlineData("$.runs[0].cells[0]", "epsilon", "Infinity")]
    [InlineData("$.runs[0].cells[1].operations[0]", "input-norm", "nan")]
    public void No_other_words_stand_for_numbers(string path, string key, string word)
    {
        var results = Written.DeepClone();
        At(results, path)[key] = word;

        Assert.Equal([$"{path}.{key}: expected number, found String"], Violations(results));
    }

    [Fact]
    public void A_negative_norm_does_not_fit()
    {
        var results = Written.DeepClone();
        At(results, "$.runs[0].cells[0].input-gradient")["l2"] = -1;

        Assert.Equal(["$.runs[0].cells[0].input-gradient.l2: less than 0"], Violations(results));
    }

    [Theory]
    [InlineData("$", null, "schema campaign runs")]
    [InlineData("$.campaign", "campaign", "name configuration-hash complete protocols")]
    [InlineData("$.campaign.protocols[0]", "protocol", "name attack-domain attack-batch-norm contaminate order prediction-batch-norm phase-weights")]
    [InlineData("$.runs[0]", "run", "network dataset seed epochs cells missing")]
    [InlineData("$.runs[0].network", "network", "name family depth width pool connection neuron batch-norm precision parameters weights")]
    [InlineData("$.runs[0].dataset", "dataset", "name encoder time-steps classes training-images test-images")]
    [InlineData("$.runs[0].epochs[0]", "epoch", "epoch training-loss test-loss clean-accuracy")]
    [InlineData("$.runs[0].cells[1]", "cell", "protocol attack epsilon step-size iterations restarts correct total accuracy loss input-gradient operations weight-gradients vulnerability")]
    [InlineData("$.runs[0].cells[1].input-gradient", "input-gradient", "zero-fraction l1 l2 linf all-zero-images vanishing-images")]
    [InlineData("$.runs[0].cells[1].operations[0]", "operation", "module kind input-zero-fraction output-zero-fraction input-norm output-norm")]
    [InlineData("$.runs[0].cells[1].weight-gradients[0]", "weight-gradient", "key zero-fraction norm")]
    [InlineData("$.runs[0].cells[1].vulnerability", "vulnerability", "adversarial random ratio first-order-ratio upper-bound")]
    public void Keys_are_written_in_the_order_that_the_schema_gives(string path, string? definition, string keys)
    {
        var schema = definition is null ? Schema : Schema.GetProperty("$defs").GetProperty(definition);

        Assert.Equal(keys, string.Join(' ', At(Written, path).Select(member => member.Key)));
        var required = schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToList();
        Assert.Equal(keys, string.Join(' ', required));
        Assert.Equal(keys, string.Join(' ', schema.GetProperty("properties").EnumerateObject().Select(member => member.Name).Where(required.Contains)));
    }

    private static IEnumerable<string> Violations(JsonNode results) =>
        new JsonSchema(Schema).Violations(JsonSerializer.SerializeToElement(results));

    /// <summary>The object at a path such as <c>$.runs[0].network</c>.</summary>
    private static JsonObject At(JsonNode root, string path) => path.Split('.').Skip(1)
        .Aggregate(root, (node, step) => step.Split('[') switch
        {
            [var name, var index] => node[name]![int.Parse(index.TrimEnd(']'), null)]!,
            _ => node[step]!,
        })
        .AsObject();
}
