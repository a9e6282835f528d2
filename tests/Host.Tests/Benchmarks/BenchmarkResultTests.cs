using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Tests.Benchmarks;

public sealed class BenchmarkResultTests : IDisposable
{
    private static readonly BenchmarkResult Step = new("training-step", "training step", 3, Unit.Ms, [300, 900, 310], [100, 90, 95, 5000]);
    private static readonly BenchmarkResult Memory = new("training-memory", "peak memory of a training step", 1.7, Unit.Bytes, [512 << 20], [256 << 20]);

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_ratio_is_that_of_the_medians()
    {
        Assert.Equal(310, Step.ReferenceMedian);
        Assert.Equal(97.5, Step.OurMedian);
        Assert.Equal(310 / 97.5, Step.Ratio);
    }

    [Fact]
    public void The_json_has_names_ratios_and_medians_with_their_unit() =>
        Assert.Equal(
            """
            [
              {
                "name": "training-step",
                "ratio": 3.179,
                "reference_ms": 310,
                "ours_ms": 97.5
              },
              {
                "name": "training-memory",
                "ratio": 2,
                "reference_bytes": 536870912,
                "ours_bytes": 268435456
              }
            ]

            """,
            BenchmarkJson.Medians([Step, Memory]));

    [Fact]
    public void The_record_has_the_machine_the_settings_and_every_measurement()
    {
        var setting = new BenchmarkSetting(Threads: 2, Width: 1, Images: 1000, DataFolder: null);
        var record = BenchmarkRecord.Of(BenchmarkJson.Configuration(setting), BenchmarkJson.Measurements([Step]), DateTimeOffset.UnixEpoch);

        Assert.Equal(["date", "hardware", "versions", "configuration", "results"], record.Select(entry => entry.Key));
        Assert.Equal("1970-01-01T00:00:00Z", record["date"]!.GetValue<string>());
        Assert.Equal([300, 900, 310], record["results"]![0]!["reference"]!.AsArray().Select(value => value!.GetValue<double>()));
        Assert.Equal([100, 90, 95, 5000], record["results"]![0]!["ours"]!.AsArray().Select(value => value!.GetValue<double>()));
    }

    [Fact]
    public void The_table_is_markdown_with_targets() =>
        Assert.Equal(
            """
            | work                           | op by op | SpikeTrail | ratio | target |
            | ------------------------------ | -------: | ---------: | ----: | -----: |
            | training step                  |   310 ms |      98 ms |  3.18 |    3.0 |
            | peak memory of a training step |  512 MiB |    256 MiB |   2.0 |    1.7 |

            """,
            BenchmarkTable.Of([Step, Memory]));

    [Theory]
    [InlineData(3.9, 0)]
    [InlineData(4.1, 1)]
    public void The_guard_complains_of_a_ratio_that_fell_by_more_than_a_fifth(double before, int complaints)
    {
        var guard = new RatioGuard(Write($$"""[{ "name": "training-step", "ratio": {{FormattableString.Invariant($"{before}")}} }]"""), [Step.Name, Memory.Name]);

        Assert.Equal(complaints, guard.Complaints([Step, Memory]).Count);
    }

    [Fact]
    public void A_baseline_of_nothing_that_is_measured_is_refused()
    {
        var file = Write("""[{ "name": "training-step", "ratio": 3 }]""");

        Assert.Equal(
            $"{file}: expected a ratio of training-memory, got training-step",
            Assert.Throws<InputException>(() => new RatioGuard(file, [Memory.Name])).Message);
    }

    [Fact]
    public void A_baseline_that_is_not_there_is_refused() =>
        Assert.Equal("nowhere.json: there is no such file", Assert.Throws<InputException>(() => new RatioGuard("nowhere.json", [Step.Name])).Message);

    [Fact]
    public void The_committed_baseline_has_every_benchmark()
    {
        var baseline = Path.Combine(AppContext.BaseDirectory, "baseline.json");

        Assert.Equal(["evaluation-batch", "figure-2-campaign", "pgd-batch", "training-memory", "training-step"], BenchmarkJson.ReadRatios(baseline).Keys.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{ \"name\": \"training-step\" }]")]
    [InlineData("[{ \"name\": \"training-step\", \"ratio\": -1 }]")]
    [InlineData("[{ \"name\": 3, \"ratio\": 1 }]")]
    [InlineData("[{ \"name\": \"a\", \"ratio\": 1 }, { \"name\": \"a\", \"ratio\": 1 }]")]
    public void A_baseline_that_is_none_is_refused(string text)
    {
        var file = Write(text);

        Assert.Equal(
            $"{file}: expected what `spiketrail bench --json` writes, an array of objects with name and ratio",
            Assert.Throws<InputException>(() => new RatioGuard(file, [Step.Name])).Message);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "baseline.json");
        File.WriteAllText(file, text);
        return file;
    }
}
