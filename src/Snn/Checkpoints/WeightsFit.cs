using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>Whether a file's tensors are a network's state dict: the same keys, no more and no fewer, shapes and element types.</summary>
internal static class WeightsFit
{
    private const int MostNamed = 3;

    /// <summary>What is wrong with the file, in one line; null where nothing is.</summary>
    public static string? Misfit(IReadOnlyList<Parameter> expected, IReadOnlyList<SafeTensorsEntry> found)
    {
        var entries = found.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var keys = expected.Select(parameter => parameter.Key).ToHashSet(StringComparer.Ordinal);
        var pairs = (
            from parameter in expected
            where entries.ContainsKey(parameter.Key)
            select (Parameter: parameter, Entry: entries[parameter.Key])).ToList();
        var mistyped = pairs.Where(pair => pair.Entry.Type != SafeTensors.NameOf(pair.Parameter.Type)).ToList();

        string?[] complaints =
        [
            List("missing", expected.Where(parameter => !entries.ContainsKey(parameter.Key)).Select(parameter => parameter.Key)),
            List("not the network's", found.Where(entry => !keys.Contains(entry.Name)).Select(entry => entry.PrintableName)),
            List("of another shape", pairs.Where(pair => !pair.Entry.Shape.SequenceEqual(pair.Parameter.Shape)).Select(pair =>
                $"{pair.Parameter.Key} is [{string.Join(", ", pair.Entry.Shape)}], expected [{string.Join(", ", pair.Parameter.Shape)}]")),
            List("of another dtype", mistyped.Select(pair =>
                $"{pair.Parameter.Key} is {pair.Entry.Type}, expected {SafeTensors.NameOf(pair.Parameter.Type)}")),
            Remedy(mistyped),
        ];
        return complaints.Any(complaint => complaint is not null)
            ? string.Join("; ", complaints.Append(Likeness(found)).Where(complaint => complaint is not null))
            : null;
    }

    private static string? List(string what, IEnumerable<string> names)
    {
        var all = names.ToList();
        var more = all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "";
        return all.Count == 0 ? null : $"{what}: {string.Join(", ", all.Take(MostNamed))}{more}";
    }

    private static string? Remedy(IReadOnlyList<(Parameter Parameter, SafeTensorsEntry Entry)> mistyped)
    {
        // Of the reals alone: the counters of batches are whole numbers whatever the precision.
        var reals = mistyped.Where(pair => pair.Parameter.Type != ScalarType.Int64).Select(pair => pair.Entry.Type).Distinct().ToList();
        return reals switch
        {
            [] => null,
            ["F32"] => "set the network's precision = float32, or convert the file",
            ["F64"] => "set the network's precision = float64, or convert the file",
            _ => "convert the file (docs/weights.md)",
        };
    }

    private static string? Likeness(IReadOnlyList<SafeTensorsEntry> found) =>
        NetworkOutline.Of(found) is { } outline ? $"the file fits {outline}" : null;
}
