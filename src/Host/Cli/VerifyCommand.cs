using System.CommandLine;
using System.Globalization;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail verify</c>: whether this implementation computes what another one did.</summary>
internal static class VerifyCommand
{
    private const string Float32 = "float32";
    private const string Float64 = "float64";

    public static Command Create()
    {
        var files = new Argument<string[]>("CASE.json") { Description = "Cases: figures that another implementation computed.", Arity = ArgumentArity.OneOrMore };
        var groups = new Option<int>("--groups") { Description = "Layer groups to cut the network into.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var window = new Option<int?>("--window") { Description = "Time steps a frame; all of them by default.", HelpName = "W" };
        var dtype = new Option<string>("--dtype")
        {
            Description = $"What to compute in: {Float64} or {Float32}.",
            HelpName = "TYPE",
            DefaultValueFactory = _ => Float64,
        };
        var tolerance = new Option<double?>("--tolerance")
        {
            Description = $"The largest relative difference to accept; {Default(Precision.Float64)} in {Float64} and {Default(Precision.Float32)} in {Float32} by default.",
            HelpName = "X",
        };
        var command = new Command("verify", "Compute every figure of the cases and compare; exit 1 if one differs.") { files, groups, window, dtype, tolerance };
        command.SetAction(parsed =>
        {
            var options = Options(parsed.GetRequiredValue(groups), parsed.GetValue(window), parsed.GetRequiredValue(dtype), parsed.GetValue(tolerance));

            // All are read before the first is computed: what cannot be used is refused at once.
            var cases = parsed.GetRequiredValue(files).Select(GoldenCaseReader.Read).ToList();
            cases.ForEach(golden => CheckGroups(golden, options));

            // Not All(): a case that differs must not keep the others from being computed.
            return cases.Count(golden => Agrees(golden, options)) == cases.Count ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static VerificationOptions Options(int groups, int? window, string dtype, double? tolerance)
    {
        var precision = dtype switch
        {
            Float64 => Precision.Float64,
            Float32 => Precision.Float32,
            _ => throw new InputException($"--dtype: expected {Float64} or {Float32}, got {dtype}{Suggestion.Ask(dtype, [Float64, Float32])}"),
        };
        if (window < 1)
        {
            throw new InputException($"--window: expected at least 1, got {window}");
        }

        return tolerance is null or (>= 0 and < double.PositiveInfinity)
            ? new(groups, window ?? int.MaxValue, precision) { Tolerance = tolerance ?? VerificationOptions.DefaultTolerance(precision) }
            : throw new InputException($"--tolerance: expected a number of at least 0, got {Exact(tolerance.Value)}");
    }

    private static void CheckGroups(GoldenCase golden, VerificationOptions options)
    {
        var layers = golden.CreateNetwork(options.Precision).Layers.Count;
        if (options.Groups < 1 || options.Groups > layers)
        {
            throw new InputException($"--groups: expected 1 to {layers}, as many as {golden.Network.Name} has layers, got {options.Groups}");
        }
    }

    private static bool Agrees(GoldenCase golden, VerificationOptions options)
    {
        Console.WriteLine(Title(golden, options));
        foreach (var key in golden.Unchecked)
        {
            Console.WriteLine($"  {key}: unknown here, and not checked");
        }

        Difference? first = null;
        foreach (var section in new CaseVerification(golden, options).Sections())
        {
            Console.WriteLine(Line(section));
            first ??= section.First;
        }

        if (first is not null)
        {
            Console.Error.WriteLine(
                $"error: {golden.File}: {first.Entry}: expected {Exact(first.Expected)}, got {Exact(first.Actual)}, "
                + $"a relative difference of {Short(first.Relative)} where {Short(options.Tolerance)} is accepted");
        }

        return first is null;
    }

    private static string Title(GoldenCase golden, VerificationOptions options) =>
        $"{golden.File}: {golden.Network.Name}, {(golden.Network.Pool == PoolKind.Max ? "max" : "average")} pooling, {Numbers.Count(golden.Classes, "class", "classes")}; "
        + $"{(options.Precision == Precision.Float64 ? Float64 : Float32)}, {Numbers.Count(options.Groups, "layer group", "layer groups")}, tolerance {Short(options.Tolerance)}";

    /// <summary>A section's largest difference, whether it is accepted, how many figures were compared, and which of them differs most.</summary>
    private static string Line(SectionResult section) =>
        section.Figures == 0
            ? $"  {section.Section,-18}  {Numbers.None,7}  none in this case"
            : $"  {section.Section,-18}  {Short(section.Largest?.Relative ?? 0),7}  {(section.Agrees ? "ok" : "DIFFERS"),-7}  {Numbers.Count(section.Figures, "figure", "figures"),13}  {section.Largest?.Entry}".TrimEnd();

    private static string Default(Precision precision) => Short(VerificationOptions.DefaultTolerance(precision));

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.#e-00", CultureInfo.InvariantCulture);

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
