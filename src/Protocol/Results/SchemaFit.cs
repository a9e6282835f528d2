using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Results;

/// <summary>
/// Makes JSON fit a schema, as far as docs/results-schema.json goes: const, enum, type, format, properties, items, minimum, maximum,
/// anyOf, references to $defs, default, x-at-most, which names a neighbour that a number may not exceed, x-images, which names the neighbour that
/// counts the images of an object's bits <c>withstood</c>, x-ratio, which names the two counts before it that a number is the ratio of, and x-once, which names
/// what no two items of a list may have in common: the first is kept.
/// </summary>
/// <param name="file">What the file is called in a gap.</param>
/// <param name="schema">The schema.</param>
/// <param name="gaps">Where what did not fit is noted.</param>
internal sealed class SchemaFit(string file, JsonElement schema, List<Gap> gaps)
{
    private const int LongestQuote = 40;

    /// <summary>What of a value fits; where nothing does, a line that says why.</summary>
    public string? Fit(JsonElement value, out JsonNode? fit) => Fit(schema, value, "$", out fit) is { } misfit ? $"{misfit.Path}: {misfit.Problem}" : null;

    /// <summary>Why a value cannot be used, or null: then it can, whole or mended.</summary>
    private Misfit? Fit(JsonElement rule, JsonElement value, string path, out JsonNode? fit)
    {
        rule = Resolved(rule);
        fit = null;
        return rule.TryGetProperty("anyOf", out var alternatives) ? FitAny(alternatives, value, path, out fit)
            : TypeOf(rule) == "object" && value.ValueKind == JsonValueKind.Object ? FitObject(rule, value, path, out fit)
            : TypeOf(rule) == "array" && value.ValueKind == JsonValueKind.Array ? FitItems(rule, value, path, out fit)
            : FitScalar(rule, value, path, out fit);
    }

    private Misfit? FitAny(JsonElement alternatives, JsonElement value, string path, out JsonNode? fit)
    {
        fit = null;
        var misfits = new List<Misfit>();
        foreach (var alternative in alternatives.EnumerateArray())
        {
            if (Fit(alternative, value, path, out fit) is not { } misfit)
            {
                return null;
            }

            misfits.Add(misfit);
        }

        // Whatever is wrong inside says more than that it is not another alternative.
        return misfits.Find(misfit => misfit.Path != path) ?? new(path, $"expected {string.Join(" or ", alternatives.EnumerateArray().Select(Expected))}, found {Found(value)}");
    }

    private Misfit? FitObject(JsonElement rule, JsonElement value, string path, out JsonNode? fit)
    {
        var (members, mended, before) = (Members(value), new JsonObject(), gaps.Count);
        fit = mended;
        foreach (var property in rule.GetProperty("properties").EnumerateObject())
        {
            if (!members.ContainsKey(property.Name) && !IsRequired(rule, property.Name))
            {
                continue;
            }

            if (FitMember(property, members, path, out var member) is { } misfit)
            {
                if (!property.Value.TryGetProperty("default", out var standIn))
                {
                    // Of what is left out, it does not matter what else was wrong.
                    gaps.RemoveRange(before, gaps.Count - before);
                    return misfit;
                }

                gaps.Add(new(file, misfit.Path, misfit.Problem, $"{StandIn(standIn)} stands in its place"));
                member = Node(standIn);
            }
            else if (Contradicted(property.Value, member, mended) is var (part, whole))
            {
                gaps.Add(new(file, $"{path}.{property.Name}", $"expected about {part} / {whole}, found {Found(members[property.Name])}", "the counts are taken"));
                member = (double)part / whole;
            }

            mended[property.Name] = member;
        }

        var known = rule.GetProperty("properties");
        gaps.AddRange(members.Keys.Where(key => !known.TryGetProperty(key, out _)).Select(unknown => new Gap(file, $"{path}.{unknown}", "an unknown key", "it is left out")));
        return null;
    }

    private Misfit? FitMember(JsonProperty property, Dictionary<string, JsonElement> members, string path, out JsonNode? fit)
    {
        fit = null;
        path = $"{path}.{property.Name}";
        if (!members.TryGetValue(property.Name, out var member))
        {
            return new(path, $"missing, expected {Expected(property.Value)}");
        }

        return Fit(property.Value, member, path, out fit) is { } misfit ? misfit
            : Neighbour("x-at-most") is { } most && member.GetDouble() > most.GetDouble() ? new(path, $"expected at most {property.Value.GetProperty("x-at-most")}, {Found(most)}, found {Found(member)}")
            : Neighbour("x-images") is { } images && Damage(fit!, images) is { } damage ? new($"{path}.withstood", damage)
            : null;

        JsonElement? Neighbour(string keyword) =>
            property.Value.TryGetProperty(keyword, out var name) && members.TryGetValue(name.GetString()!, out var neighbour) && neighbour.ValueKind == JsonValueKind.Number ? neighbour : null;
    }

    /// <summary>The counts that a number should be the ratio of, where it is nearer to another count's; null where all is well.</summary>
    private static (int Part, int Whole)? Contradicted(JsonElement rule, JsonNode? ratio, JsonObject neighbours)
    {
        if (!rule.TryGetProperty("x-ratio", out var names))
        {
            return null;
        }

        var (part, whole) = (neighbours[names[0].GetString()!]!.GetValue<int>(), neighbours[names[1].GetString()!]!.GetValue<int>());
        return Math.Abs((ratio!.GetValue<double>() * whole) - part) >= 0.5 ? (part, whole) : null;
    }

    /// <summary>Why bits of so many images cannot be read; null where they can.</summary>
    private static string? Damage(JsonNode course, JsonElement images)
    {
        try
        {
            _ = images.TryGetInt32(out var count) ? ImageBits.Unpack(course["withstood"]!.GetValue<string>(), count) : [];
            return null;
        }
        catch (FormatException damage)
        {
            return damage.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        }
    }

    private Misfit? FitItems(JsonElement rule, JsonElement value, string path, out JsonNode? fit)
    {
        var (fitting, once) = (new JsonArray(), new Dictionary<string, int>());
        fit = fitting;
        foreach (var (i, item) in value.EnumerateArray().Index())
        {
            var (at, before) = ($"{path}[{i}]", gaps.Count);
            if (Fit(rule.GetProperty("items"), item, at, out var node) is { } misfit)
            {
                gaps.Add(new(file, misfit.Path, misfit.Problem, misfit.Path == at ? "it is left out" : $"{at} is left out") { LeftOut = at });
            }
            else if (rule.TryGetProperty("x-once", out var keys) && Identity(keys, node!, at, before) is { } identity && !once.TryAdd(identity, i))
            {
                gaps.RemoveRange(before, gaps.Count - before);
                gaps.Add(new(file, at, $"stands twice, expected another {string.Join(", ", keys.EnumerateArray())} than {path}[{once[identity]}]", "it is left out") { LeftOut = at });
            }
            else
            {
                fitting.Add(node);
            }
        }

        return null;
    }

    /// <summary>What an item is told from its neighbours by; null where something stands in for a part of it.</summary>
    private string? Identity(JsonElement keys, JsonNode item, string at, int before)
    {
        var parts = new List<string>();
        foreach (var key in keys.EnumerateArray().Select(key => key.GetString()!))
        {
            if (gaps.Skip(before).Any(gap => gap.Path == $"{at}.{key}"))
            {
                return null;
            }

            // 8 and 8.0 are one number.
            var part = key.Split('.').Aggregate(item, (parent, name) => parent[name]!).AsValue();
            parts.Add(part.TryGetValue<long>(out var whole) ? whole.ToString(CultureInfo.InvariantCulture)
                : part.TryGetValue<double>(out var number) ? number.ToString(CultureInfo.InvariantCulture)
                : part.ToJsonString());
        }

        return string.Join(',', parts);
    }

    private Misfit? FitScalar(JsonElement rule, JsonElement value, string path, out JsonNode? fit)
    {
        var fits = TypeOf(rule) switch
        {
            "string" => Text(value) is not null,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) && (IsLong(rule) || whole == (int)whole) && InRange(rule, whole),
            "number" => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) && InRange(rule, value.GetDouble()),
            null => Allowed(rule).Any(allowed => allowed.ValueKind == value.ValueKind && allowed.GetRawText() == value.GetRawText()),
            _ => false,
        };
        fit = fits ? Node(value) : null;
        return fits ? null : new(path, $"expected {Expected(rule)}, found {Found(value)}");
    }

    /// <summary>What a rule asks for, in words.</summary>
    private string Expected(JsonElement rule)
    {
        rule = Resolved(rule);
        return rule.TryGetProperty("anyOf", out var alternatives) ? string.Join(" or ", alternatives.EnumerateArray().Select(Expected)) : Words(rule);
    }

    private static string Words(JsonElement rule) => TypeOf(rule) switch
    {
        "object" => "an object",
        "array" => "a list",
        "string" => "text",
        "boolean" => "true or false",
        "integer" => $"a whole number{Range(rule)}",
        "number" => $"a number{Range(rule)}",
        null => string.Join(", ", Allowed(rule).Select(allowed => allowed.GetRawText())),
        var other => other,
    };

    private static string Range(JsonElement rule) => (rule.TryGetProperty("minimum", out var least), rule.TryGetProperty("maximum", out var most)) switch
    {
        (true, true) => $" from {least} to {most}",
        (true, false) => $" of at least {least}",
        (false, true) => $" of at most {most}",
        _ => "",
    };

    private static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ when value.GetRawText() is { Length: > LongestQuote } text => $"{text[..LongestQuote]}…",
        _ => value.GetRawText(),
    };

    private static string StandIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : "nothing",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => "nothing",
    };

    private JsonElement Resolved(JsonElement rule) =>
        rule.TryGetProperty("$ref", out var reference) ? schema.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]) : rule;

    private static string? TypeOf(JsonElement rule) => rule.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static bool IsRequired(JsonElement rule, string key) => rule.GetProperty("required").EnumerateArray().Any(required => required.ValueEquals(key));

    private static bool IsLong(JsonElement rule) => rule.TryGetProperty("format", out var format) && format.GetString() == "int64";

    private static bool InRange(JsonElement rule, double value) =>
        !(rule.TryGetProperty("minimum", out var least) && value < least.GetDouble()) && !(rule.TryGetProperty("maximum", out var most) && value > most.GetDouble());

    private static IEnumerable<JsonElement> Allowed(JsonElement rule) => rule.TryGetProperty("const", out var only) ? [only] : rule.GetProperty("enum").EnumerateArray();

    /// <summary>An object's members. Of equal keys the last counts, as everywhere.</summary>
    private static Dictionary<string, JsonElement> Members(JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>();
        foreach (var member in value.EnumerateObject())
        {
            members[TornJson.KeyOf(member)] = member.Value;
        }

        return members;
    }

    /// <summary>A value's text, or null where it is none: half of a surrogate pair is not.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonNode? Node(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? JsonNode.Parse(value.GetRawText()) : JsonValue.Create(value);

    /// <summary>What cannot be used, and why.</summary>
    private sealed record Misfit(string Path, string Problem);
}
