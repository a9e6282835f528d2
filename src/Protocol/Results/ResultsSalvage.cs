using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SpikeTrail.Protocol.Results;

/// <summary>
/// Reads results.json as far as it can be read: one that is cut off, damaged, or of another version. What does not fit the
/// schema (docs/results-schema.json) is replaced by the schema's default or, where it has none, left out together with what it is a part of.
/// </summary>
public static partial class ResultsSalvage
{
    private static readonly JsonElement Schema = ReadSchema();

    /// <summary>Reads results, and says what of them could not be read: nothing where they are whole.</summary>
    /// <param name="file">What the file is called in a gap.</param>
    /// <param name="json">Its text.</param>
    /// <exception cref="JsonException">Nothing in it can be shown.</exception>
    public static (CampaignResults Results, IReadOnlyList<Gap> Gaps) Read(string file, string json)
    {
        var gaps = new List<Gap>();
        using var document = TornJson.Parse(file, json, gaps);
        if (new SchemaFit(file, Schema, gaps).Fit(document.RootElement, out var fit) is { } misfit)
        {
            throw new JsonException(misfit);
        }

        // What is whole needs no mending.
        var results = ResultsJson.Read(gaps.Count == 0 ? json : fit!.ToJsonString());
        return results.Runs.Count > 0 || gaps.Count == 0 ? (results, InRuns(gaps)) : throw new JsonException($"{gaps[0].Path}: {gaps[0].Problem}");
    }

    /// <summary>The gaps, each with the run it is in: those that are left out are not counted.</summary>
    private static IReadOnlyList<Gap> InRuns(IReadOnlyList<Gap> gaps)
    {
        List<int> leftOut = [.. gaps.Where(gap => gap.LeftOut is not null).Select(gap => ARun().Match(gap.LeftOut!)).Where(whole => whole.Success && whole.Groups["in"].Length == 0).Select(NumberOf).Distinct().Order()];
        return [.. gaps.Select(gap => ARun().Match(gap.Path) is { Success: true } run && leftOut.BinarySearch(NumberOf(run)) is < 0 and var before ? gap with { Run = NumberOf(run) - ~before } : gap)];
    }

    private static int NumberOf(Match run) => int.Parse(run.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\$\.runs\[(?<number>\d+)\](?<in>.*)$", RegexOptions.Singleline)]
    private static partial Regex ARun();

    private static JsonElement ReadSchema()
    {
        using var schema = typeof(ResultsSalvage).Assembly.GetManifestResourceStream(typeof(ResultsSalvage), "results-schema.json")!;
        using var document = JsonDocument.Parse(schema);
        return document.RootElement.Clone();
    }
}
