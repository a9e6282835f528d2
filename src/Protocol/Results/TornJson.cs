using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SpikeTrail.Protocol.Results;

/// <summary>JSON that somebody's disk, editor or program has damaged: what stands before the damage is read all the same.</summary>
internal static partial class TornJson
{
    /// <summary>Reads a text; one that breaks off is closed after its last complete element, and a gap says so.</summary>
    /// <exception cref="JsonException">The text does not even begin as JSON.</exception>
    public static JsonDocument Parse(string file, string text, List<Gap> gaps)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException damage)
        {
            var (whole, reason) = Closed(NotFinite().Replace(text, QuoteUnlessText), damage);
            var document = JsonDocument.Parse(whole);
            gaps.Add(reason is null
                ? new(file, "$", "NaN or Infinity without quotes", "they are read as if they had them")
                : new(file, LastPath(document.RootElement), reason, "what should follow is left out"));
            return document;
        }
    }

    /// <summary>A member's key; one that is no text, such as half of a surrogate pair, is nobody's.</summary>
    public static string KeyOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    /// <summary>The longest beginning of a text that is JSON once what it leaves open is closed, and why it goes no further; null where it is all of it.</summary>
    private static (string Whole, string? Reason) Closed(string text, JsonException damage)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        // Not the final block: a number at the very end may lack digits, and is not taken for one.
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        var (open, end, reason) = (new Stack<char>(), 0L, (string?)null);
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        open.Push('}');
                        break;
                    case JsonTokenType.StartArray:
                        open.Push(']');
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop();
                        break;
                    default:
                        break;
                }

                // A key alone is nothing yet.
                end = reader.TokenType == JsonTokenType.PropertyName ? end : reader.BytesConsumed;
            }

            reason = open.Count > 0 ? "the file ends after this" : null;
        }
        catch (JsonException broken)
        {
            reason = $"line {broken.LineNumber + 1} is no JSON any more after this";
        }

        return end == 0 ? throw damage : (Encoding.UTF8.GetString(bytes.AsSpan(0, (int)end)) + string.Concat(open), reason);
    }

    /// <summary>The path of the last value, down to the innermost.</summary>
    private static string LastPath(JsonElement element)
    {
        var path = new StringBuilder("$");
        while (true)
        {
            if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().LastOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } member)
            {
                path.Append('.').Append(KeyOf(member));
                element = member.Value;
            }
            else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() is > 0 and var length)
            {
                path.Append('[').Append(length - 1).Append(']');
                element = element[length - 1];
            }
            else
            {
                return path.ToString();
            }
        }
    }

    private static string QuoteUnlessText(Match match) => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"";

    // Text comes first, so that a word within it is not found.
    [GeneratedRegex("""
        "(?>(?:[^"\\]+|\\.)*)"?|-?\b(?:NaN|Infinity)\b
        """, RegexOptions.Singleline)]
    private static partial Regex NotFinite();
}
