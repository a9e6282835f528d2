using System.Text.Json;
using System.Text.Json.Nodes;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests.Results;

public sealed class ResultsSalvageTests
{
    private static readonly string Whole = ResultsJson.Write(SampleResults.Campaign);

    /// <summary>The same of a campaign with checks: one run of nine images.</summary>
    private static readonly string Checked = ResultsJson.Write(SampleResults.Campaign with
    {
        Runs =
        [
            SampleResults.Campaign.Runs[0] with
            {
                Cells = [Kept(SampleResults.Clean(0.9)), Kept(SampleResults.Attacked("fgsm", 8, 0.5)), Kept(SampleResults.Attacked("pgd", 8, 0.3))],
                Checks =
                [
                    Kept(SampleResults.Attacked(CheckAttacks.Unchanged, 0, 0.9)) with { Iterations = 0, Restarts = 2 },
                    Kept(SampleResults.Attacked(CheckAttacks.Noise, 8, 0.8)) with { Iterations = 0 },
                    Kept(SampleResults.Attacked(CheckAttacks.Iterations, 8, 0.3)) with { Iterations = 35 },
                    Kept(SampleResults.Attacked(CheckAttacks.Unbounded, 255, 0)) with { Iterations = 10 },
                ],
            },
        ],
    });

    [Fact]
    public void Whole_results_have_no_gaps()
    {
        var (results, gaps) = ResultsSalvage.Read("results.json", Whole);

        Assert.Empty(gaps);
        Assert.Equal(Whole, ResultsJson.Write(results));
    }

    [Fact]
    public void Diverged_results_have_no_gaps()
    {
        var text = ResultsJson.Write(SampleResults.With(SampleResults.Attacked("fgsm", 2, 0.1) with { Loss = double.NaN }));

        Assert.Empty(ResultsSalvage.Read("results.json", text).Gaps);
    }

    [Fact]
    public void Wherever_results_break_off_every_whole_cell_before_is_read()
    {
        var ends = CellEnds();
        for (var cut = 0; cut < Whole.TrimEnd().Length; cut += 61)
        {
            try
            {
                var (results, gaps) = ResultsSalvage.Read("results.json", Whole[..cut]);

                Assert.NotEmpty(gaps);
                new CampaignReport(results, null).ToMarkdown();
                Assert.InRange(results.Runs.Sum(run => run.Cells.Count), ends.Count(end => end <= cut), ends.Count);
            }
            catch (JsonException)
            {
                Assert.DoesNotContain(ends, end => end <= cut);
            }
        }
    }

    [Fact]
    public void Wherever_results_with_checks_break_off_a_report_is_made_of_the_rest()
    {
        for (var cut = 0; cut < Checked.Length; cut += 19)
        {
            try
            {
                new CampaignReport(ResultsSalvage.Read("results.json", Checked[..cut]).Results, null).ToMarkdown();
            }
            catch (JsonException)
            {
                // Refused: nothing could be shown.
            }
        }
    }

    [Fact]
    public void Whatever_byte_is_wrong_nothing_but_a_report_or_a_refusal_comes_of_it()
    {
        for (var place = 0; place < Checked.Length; place += 37)
        {
            foreach (var wrong in "\"{]9x\0")
            {
                try
                {
                    new CampaignReport(ResultsSalvage.Read("results.json", Checked[..place] + wrong + Checked[(place + 1)..]).Results, null).ToMarkdown();
                }
                catch (JsonException)
                {
                    // Refused: nothing could be shown.
                }
            }
        }
    }

    [Theory]
    [InlineData("loss", "\"high\"", "expected a number or \"NaN\", \"Infinity\", \"-Infinity\", found \"high\"; nothing stands in its place")]
    [InlineData("accuracy", "\"NaN\"", "expected a number from 0 to 1, found \"NaN\"; NaN stands in its place")]
    [InlineData("operations", "7", "expected a list, found 7; nothing stands in its place")]
    [InlineData("correct", "2001", "expected at most total, 2000, found 2001; $.runs[0].cells[1] is left out")]
    [InlineData("total", "5000000000", "expected a whole number of at least 1, found 5000000000; $.runs[0].cells[1] is left out")]
    [InlineData("epsilon", "null", "expected a number of at least 0, found null; $.runs[0].cells[1] is left out")]
    public void What_does_not_fit_is_named_with_what_was_expected_and_what_becomes_of_it(string key, string value, string said)
    {
        var damaged = JsonNode.Parse(Whole)!;
        damaged["runs"]![0]!["cells"]![1]![key] = JsonNode.Parse(value);

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal($"results.json: $.runs[0].cells[1].{key}: {said}", Assert.Single(gaps).ToString());
        Assert.Equal(said.EndsWith("left out", StringComparison.Ordinal) ? 4 : 5, results.Runs[0].Cells.Count);
        Assert.Equal(5, results.Runs[1].Cells.Count);
    }

    [Theory]
    [InlineData("withstood", "\"/w!=\"")]
    [InlineData("withstood", "\"/w==\"")]
    [InlineData("total", "17")]
    public void Bits_of_images_that_cannot_be_read_cost_their_own_cell_its_course_and_no_other_its_results(string key, string value)
    {
        var damaged = JsonNode.Parse(Checked)!;
        var cell = damaged["runs"]![0]!["checks"]![0]!;
        (key == "total" ? cell : cell["course"]!)[key] = JsonNode.Parse(value);
        cell["accuracy"] = (double)cell["correct"]! / (double)cell["total"]!;

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Matches("^results.json: \\$.runs\\[0\\].checks\\[0\\].course.withstood: .+; nothing stands in its place$", Assert.Single(gaps).ToString());
        Assert.Null(results.Runs[0].Checks![0].Course);
        Assert.NotNull(results.Runs[0].Checks![1].Course);
    }

    [Theory]
    [InlineData("cells")]
    [InlineData("checks")]
    public void Of_a_cell_that_stands_twice_the_first_is_kept(string list)
    {
        var damaged = JsonNode.Parse(Checked)!;
        var cells = damaged["runs"]![0]![list]!.AsArray();
        var (second, count) = (cells[1]!.DeepClone(), cells.Count);
        (second["correct"], second["accuracy"], second["loss"]) = (0, 0, "high");
        second["epsilon"] = JsonNode.Parse("8.0");
        cells.Add(second);

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        var gap = Assert.Single(gaps);
        Assert.Equal(
            $"results.json: $.runs[0].{list}[{count}]: stands twice, expected another protocol, attack, epsilon than $.runs[0].{list}[1]; it is left out",
            gap.ToString());
        Assert.Equal(0, gap.Run);
        Assert.Equal(Checked, ResultsJson.Write(results));
    }

    [Fact]
    public void A_cell_that_cannot_be_read_makes_way_for_its_second()
    {
        var damaged = JsonNode.Parse(Whole)!;
        var cells = damaged["runs"]![0]!["cells"]!.AsArray();
        cells.Add(cells[1]!.DeepClone());
        cells[1]!["total"] = "many";

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal("$.runs[0].cells[1].total", Assert.Single(gaps).Path);
        Assert.Equal(5, results.Runs[0].Cells.Count);
    }

    [Fact]
    public void Of_a_run_that_stands_twice_the_first_is_kept()
    {
        var damaged = JsonNode.Parse(Whole)!;
        var second = damaged["runs"]![0]!.DeepClone();
        second["cells"]![1]!["loss"] = "high";
        damaged["runs"]!.AsArray().Insert(1, second);
        damaged["runs"]![2]!["cells"]![1]!["operations"] = 7;

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal(
            [
                "results.json: $.runs[1]: stands twice, expected another network.name, dataset.name, seed than $.runs[0]; it is left out",
                "results.json: $.runs[2].cells[1].operations: expected a list, found 7; nothing stands in its place",
            ],
            gaps.Select(gap => gap.ToString()));
        Assert.Equal([null, 1], gaps.Select(gap => gap.Run));
        Assert.Equal(["sew-resnet18-max", "sew-resnet18-avg"], results.Runs.Select(run => run.Network.Name));
    }

    [Fact]
    public void Runs_whose_seeds_cannot_be_read_are_not_taken_for_one()
    {
        var damaged = JsonNode.Parse(Whole)!;
        var (first, second) = (damaged["runs"]![0]!, damaged["runs"]![0]!.DeepClone());
        (first["seed"], second["seed"]) = ("?", "?");
        damaged["runs"]!.AsArray().Add(second);

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal(["$.runs[0].seed", "$.runs[2].seed"], gaps.Select(gap => gap.Path));
        Assert.Equal(3, results.Runs.Count);
    }

    [Theory]
    [InlineData("0.123", true)]
    [InlineData("0.7534", true)]
    [InlineData("0.7567", false)]
    public void An_accuracy_that_contradicts_the_counts_gives_way_to_them(string accuracy, bool contradicts)
    {
        var damaged = JsonNode.Parse(Whole)!;
        var cell = damaged["runs"]![0]!["cells"]![1]!;
        (cell["correct"], cell["total"], cell["accuracy"]) = (227, 300, JsonNode.Parse(accuracy));

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal(
            contradicts ? [$"results.json: $.runs[0].cells[1].accuracy: expected about 227 / 300, found {accuracy}; the counts are taken"] : [],
            gaps.Select(gap => gap.ToString()));
        Assert.Equal((227, 300), (results.Runs[0].Cells[1].Correct, results.Runs[0].Cells[1].Total));
        Assert.Equal(contradicts ? 227.0 / 300 : 0.7567, results.Runs[0].Cells[1].Accuracy);
    }

    [Fact]
    public void Missing_and_unknown_keys_are_told()
    {
        var damaged = JsonNode.Parse(Whole)!;
        damaged["schema"] = 2;
        damaged["colour"] = "red";
        damaged["runs"]![0]!.AsObject().Remove("epochs");
        damaged["runs"]![1] = null;

        var (results, gaps) = ResultsSalvage.Read("results.json", damaged.ToJsonString());

        Assert.Equal(
            [
                "results.json: $.schema: expected 1, found 2; 1 stands in its place",
                "results.json: $.runs[0].epochs: missing, expected a list; nothing stands in its place",
                "results.json: $.runs[1]: expected an object, found null; it is left out",
                "results.json: $.colour: an unknown key; it is left out",
            ],
            gaps.Select(gap => gap.ToString()));
        Assert.Equal(5, Assert.Single(results.Runs).Cells.Count);
    }

    [Fact]
    public void A_gap_says_which_of_the_runs_that_are_left_it_is_in()
    {
        var damaged = JsonNode.Parse(Whole)!;
        damaged["campaign"]!["name"] = 7;
        damaged["runs"]![0]!["dataset"]!["name"] = 7;
        damaged["runs"]![1]!["cells"]![1]!["loss"] = "high";
        damaged["runs"]![1]!["cells"]![2]!["total"] = "many";

        Assert.Equal(
            [("$.campaign.name", null), ("$.runs[0].dataset.name", null), ("$.runs[1].cells[1].loss", 0), ("$.runs[1].cells[2].total", 0)],
            ResultsSalvage.Read("results.json", damaged.ToJsonString()).Gaps.Select(gap => (gap.Path, gap.Run)));
    }

    [Fact]
    public void Numbers_that_are_none_are_read_without_their_quotes_too()
    {
        var (results, gaps) = ResultsSalvage.Read("results.json", Whole.Replace("\"loss\": 1.25,", "\"loss\": NaN,", StringComparison.Ordinal));

        Assert.Equal(double.NaN, results.Runs[0].Cells[0].Loss);
        Assert.Equal("NaN or Infinity without quotes", Assert.Single(gaps).Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"\\ud800\": 1 }")]
    [InlineData("{ \"schema\": 1, \"campaign\": { \"name\": \"a\",")]
    public void Where_nothing_can_be_shown_it_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => ResultsSalvage.Read("results.json", text));

    /// <summary>A cell of nine images of which it was kept which withstood.</summary>
    private static CellResult Kept(CellResult cell) => cell with
    {
        Correct = (int)(9 * cell.Accuracy),
        Total = 9,
        Accuracy = (int)(9 * cell.Accuracy) / 9.0,
        Course = new(ImageBits.Pack([.. Enumerable.Range(0, 9).Select(image => image < (int)(9 * cell.Accuracy))]), cell.Attack == "none" ? [] : [0.5, 0.75]),
    };

    /// <summary>Where in the text each cell ends.</summary>
    private static List<int> CellEnds()
    {
        // A cell's own brace has six spaces before it, eight with its list's.
        const string End = "\n        }";
        var ends = new List<int>();
        for (var at = Whole.IndexOf("\"cells\"", StringComparison.Ordinal); (at = Whole.IndexOf(End, at + 1, StringComparison.Ordinal)) > 0;)
        {
            if (Whole[at + End.Length] is ',' or '\n' && Whole.LastIndexOf("\"cells\"", at, StringComparison.Ordinal) > Whole.LastIndexOf("\"epochs\"", at, StringComparison.Ordinal))
            {
                ends.Add(at + End.Length);
            }
        }

        return ends;
    }
}
