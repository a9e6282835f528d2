using System.Text.Json;

namespace SpikeTrail.Host.Tests.Results;

/// <summary>
/// Holds JSON against a JSON Schema, as far as the schemas in docs go: const, enum, type, properties, required,
/// additionalProperties, items, minimum, maximum, anyOf and references to $defs. Any other keyword throws.
/// </summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description", "default", "format", "x-at-most", "x-images", "x-once", "x-ratio"];

    /// <summary>Everything wrong with a value, each with its path; nothing where it fits.</summary>
    public IEnumerable<string> Violations(JsonElement value) => Violations(root, value, "$");

    private IEnumerable<string> Violations(JsonElement schema, JsonElement value, string path) =>
        schema.EnumerateObject()
            .Where(keyword => !Annotations.Contains(keyword.Name))
            .SelectMany(keyword => Violations(schema, keyword, value, path));

    private IEnumerable<string> Violations(JsonElement schema, JsonProperty keyword, JsonElement value, string path) => keyword.Name switch
    {
        "$ref" => Violations(Resolve(keyword.Value.GetString()!), value, path),
        "const" => Unless(JsonElement.DeepEquals(keyword.Value, value), $"{path}: expected {keyword.Value}"),
        "enum" => Unless(keyword.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)), $"{path}: expected one of {keyword.Value}"),
        "anyOf" => AnyOf([.. keyword.Value.EnumerateArray().Select(alternative => Violations(alternative, value, path).ToList())]),
        "type" => Unless(HasType(value, keyword.Value.GetString()!), $"{path}: expected {keyword.Value}, found {value.ValueKind}"),
        "minimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= keyword.Value.GetDouble(), $"{path}: less than {keyword.Value}"),
        "maximum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() <= keyword.Value.GetDouble(), $"{path}: more than {keyword.Value}"),
        "items" => Items(value).SelectMany((item, i) => Violations(keyword.Value, item, $"{path}[{i}]")),
        "properties" => Members(value).SelectMany(member =>
            keyword.Value.TryGetProperty(member.Name, out var property) ? Violations(property, member.Value, $"{path}.{member.Name}") : []),
        "required" => keyword.Value.EnumerateArray().Select(name => name.GetString()!)
            .Where(name => Members(value).All(member => member.Name != name))
            .Select(name => $"{path}: lacks {name}"),
        "additionalProperties" when keyword.Value.ValueKind == JsonValueKind.False => Members(value)
            .Where(member => !schema.GetProperty("properties").TryGetProperty(member.Name, out _))
            .Select(member => $"{path}: unknown {member.Name}"),
        _ => throw new NotSupportedException($"this checker does not know {keyword.Name}"),
    };

    private JsonElement Resolve(string reference) => root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]);

    private static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"this checker does not know the type {type}"),
    };

    private static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static IEnumerable<JsonProperty> Members(JsonElement value) => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : [];

    // The first alternative is the usual one: what is wrong by it says most.
    private static List<string> AnyOf(List<List<string>> violations) => violations.Find(found => found.Count == 0) ?? violations[0];

    private static IEnumerable<string> Unless(bool fits, string violation) => fits ? [] : [violation];
}
