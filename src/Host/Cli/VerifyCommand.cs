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
        var files = new Argument<string[]>("CASE.json") { Description = "Cases: figures of another implementation.", Arity = ArgumentArity.OneOrMore };
        var groups = new Option<int>("--groups") { Description = "Layer groups to cut the network into.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var window = new Option<int?>("--window") { Description = "Time steps a frame; all of them by default.", HelpName = "W" };
        var dtype = new Option<string>("--dtype") { Description = $"What to compute in: {Float64} (the default) or {Float32}.", HelpName = "TYPE", DefaultValueFactory = _ => Float64 };
        var tolerance = new Option<double?>("--tolerance") { Description = "The largest relative difference to accept; 1e-9 in float64 by default.", HelpName = "X" };
        var command = new Command("verify", "Compute every figure of the cases and compare; exit 1 if one differs.") { files, groups, window, dtype, tolerance };
        command.SetAction(parsed =>
        {
            var options = Options(parsed.GetRequiredValue(groups), parsed.GetValue(window), parsed.GetRequiredValue(dtype), parsed.GetValue(tolerance));

            // All are read before the first is computed: what cannot be used is refused at once.
            var cases = parsed.GetRequiredValue(files).Select(GoldenCaseReader.Read).ToList();
            foreach (var golden in cases)
            {
                CheckGroups(golden, options);
            }

            return Verify(cases, options);
        });
        return command;
    }

    private static VerificationOptions Options(int groups, int? window, string dtype, double? tolerance)
    {
        var precision = dtype switch
        {
            Float64 => Precision.Float64,
            Float32 => Precision.Float32,
            _ => throw new InputException($"--dtype: expected {Float64} or {Float32}, got {dtype}"),
        };
        if (window < 1)
        {
            throw new InputException($"--window: expected at least 1, got {window}");
        }

        return tolerance is null or >= 0
            ? new(groups, window ?? int.MaxValue, precision, tolerance ?? 1e-9)
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--tolerance: expected a number of at least 0, got {tolerance}"));
    }

    private static void CheckGroups(GoldenCase golden, VerificationOptions options)
    {
        var layers = golden.CreateNetwork(options.Precision).Layers.Count;
        if (options.Groups < 1 || options.Groups > layers)
        {
            throw new InputException($"--groups: expected 1 to {layers}, as many as {golden.Network.Name} has layers, got {options.Groups}");
        }
    }

    private static int Verify(List<GoldenCase> cases, VerificationOptions options)
    {
        (string File, Difference Difference)? first = null;
        foreach (var golden in cases)
        {
            Console.WriteLine(Title(golden, options));
            foreach (var key in golden.Unchecked)
            {
                Console.WriteLine($"  not checked: {key}");
            }

            foreach (var section in new CaseVerification(golden, options).Sections())
            {
                Console.WriteLine(Line(section));
                if (section.First is not null)
                {
                    first ??= (golden.File, section.First);
                }
            }
        }

        if (first is not var (file, difference))
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine(
            $"error: {file}: {difference.Entry}: expected {Exact(difference.Expected)}, got {Exact(difference.Actual)}, a relative difference of {Short(difference.Relative)} where {Short(options.Tolerance)} is accepted");
        return ExitCode.Failed;
    }

    private static string Title(GoldenCase golden, VerificationOptions options) =>
        $"{golden.File}: {golden.Network.Name}, {(golden.Network.Pool == PoolKind.Max ? "max" : "average")} pooling, {Numbers.Count(golden.Classes, "class", "classes")}; "
        + $"{(options.Precision == Precision.Float64 ? Float64 : Float32)}, {Numbers.Count(options.Groups, "layer group", "layer groups")}";

    private static string Line(SectionResult section)
    {
        var at = section.First ?? section.Largest;
        var verdict = section.Figures == 0 ? "–        none in this case"
            : $"{Short(section.Largest?.Relative ?? 0),-8} {(section.Agrees ? "ok" : "DIFFERS")} {Numbers.Count(section.Figures, "figure", "figures")}{(at is null ? "" : $", {at.Entry}")}";
        return $"  {section.Section,-18}  {verdict}";
    }

    private static string Short(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
