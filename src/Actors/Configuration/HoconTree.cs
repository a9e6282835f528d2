using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Akka.Configuration.Hocon;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// Turns a HOCON text into a plain tree: sections are objects, lists are arrays, and every other value is a string.
/// Akka's parser does the reading; the tree it gives is resolved once, so that what comes after meets no substitution
/// and every node knows its path.
/// </summary>
internal static partial class HoconTree
{
    // Deeper than any configuration: only a substitution that leads back to itself gets here.
    private const int DeepestLevel = 64;

    /// <summary>Reads a text.</summary>
    /// <exception cref="InputException">The text is not HOCON; the message names file and line.</exception>
    public static JsonObject Read(string text, string file)
    {
        HoconSyntax.Check(text, file);
        try
        {
            var root = Parser.Parse(text, _ => throw new InputException($"{file}: include is not supported"));
            return Section([root.Value.GetObject()], level: 0);
        }
        catch (Exception error) when (error is not InputException)
        {
            // The parser throws bare exceptions, with a position or the name of a substitution in the message's first line.
            var complaint = error.Message.AsSpan().Trim().ToString().Split('\n')[0].TrimEnd(':', ' ', '\r');
            throw new InputException($"{file}{Place(text, complaint)}: {complaint}", error);
        }
    }

    private static string Place(string text, string complaint)
    {
        if (Position().Match(complaint) is { Success: true } position)
        {
            return $" line {HoconSyntax.LineOf(text, int.Parse(position.ValueSpan))}";
        }

        var name = complaint[(complaint.LastIndexOf(' ') + 1)..];
        var use = text.IndexOf("${" + name, StringComparison.Ordinal);
        return use < 0 ? "" : $" line {HoconSyntax.LineOf(text, use)}";
    }

    [GeneratedRegex(@"(?<=position )\d+")]
    private static partial Regex Position();

    private static JsonNode? Node(HoconValue value, int level)
    {
        var parts = Parts(value, level).ToList();
        if (parts.TrueForAll(part => part is HoconLiteral))
        {
            var text = string.Concat(parts.Select(part => part.GetString())).Trim();
            return parts.Count == 0 || text == "null" ? null : JsonValue.Create(text);
        }

        // Blanks beside a section or a list are layout, not text.
        parts.RemoveAll(part => part is HoconLiteral && string.IsNullOrWhiteSpace(part.GetString()));
        return
            parts.TrueForAll(part => part is HoconObject) ? Section(parts.Cast<HoconObject>(), level)
            : parts.TrueForAll(part => part is HoconArray) ? List(parts.Cast<HoconArray>(), level)
            : throw new FormatException("A value mixes text with a section or a list");
    }

    private static JsonObject Section(IEnumerable<HoconObject> parts, int level)
    {
        var section = new JsonObject();
        foreach (var (key, value) in parts.SelectMany(part => part.Items))
        {
            section[key] = Node(value, level + 1);
        }

        return section;
    }

    private static JsonArray List(IEnumerable<HoconArray> parts, int level) =>
        new([.. parts.SelectMany(part => part).Select(element => Node(element, level + 1))]);

    /// <summary>What a value is made of, with every substitution replaced by what it stands for.</summary>
    private static IEnumerable<IHoconElement> Parts(HoconValue value, int level) =>
        level > DeepestLevel
            ? throw new FormatException("A substitution leads back to itself")
            : value.Values.SelectMany(part => part is HoconSubstitution substitution ? Parts(substitution.ResolvedValue, level + 1) : [part]);
}
