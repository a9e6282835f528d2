using System.Text.Json.Nodes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// A section of configuration, read key by key into typed values. It is a stack of layers: a key is looked up in the
/// first layer that sets it. The last layer is the reference configuration, which lists every key there is, so a key
/// that it does not have is a mistake of the user's, and is refused when the section is opened.
/// </summary>
public sealed class HoconSection
{
    private delegate bool TryRead<T>(string text, out T value);

    private readonly record struct Layer(HoconDocument Document, JsonObject Keys);

    private readonly HoconDocument _document;
    private readonly string _path;
    private readonly IReadOnlyList<Layer> _layers;

    /// <param name="document">The user's file, which is where a missing key is missed.</param>
    /// <param name="path">The section's key path in it, empty for the whole file.</param>
    /// <param name="layers">What is known of the section, the user's own words first, the reference last.</param>
    private HoconSection(HoconDocument document, string path, IReadOnlyList<Layer> layers)
    {
        _document = document;
        _path = path;
        _layers = layers;
        foreach (var layer in layers.SkipLast(1))
        {
            RefuseUnknownKeys(layer);
        }
    }

    /// <summary>Opens a user's file over the reference configuration.</summary>
    /// <exception cref="InputException">The file has a key that the reference lacks.</exception>
    public static HoconSection Open(HoconDocument file, HoconDocument reference) =>
        new(file, "", [new Layer(file, file.Root), new Layer(reference, reference.Root)]);

    /// <summary>A section inside this one.</summary>
    public HoconSection Section(string key)
    {
        var layers = new List<Layer>();
        foreach (var layer in _layers)
        {
            switch (layer.Keys[key])
            {
                case JsonObject keys:
                    layers.Add(layer with { Keys = keys });
                    break;
                case { } other:
                    throw Wrong(layer.Document, HoconDocument.Path(other), "a section", other);
            }
        }

        return new HoconSection(_document, Join(_path, key), layers);
    }

    /// <summary>The sections of a list, at least one; <paramref name="defaults"/> lie under each of them.</summary>
    public IReadOnlyList<HoconSection> Sections(string key, HoconSection defaults)
    {
        var (document, elements) = Elements(key, "sections");
        return
        [
            .. elements.Select((element, index) => element is JsonObject keys
                ? new HoconSection(_document, $"{Join(_path, key)}[{index}]", [new Layer(document, keys), .. defaults._layers])
                : throw Wrong(document, $"{PathOf(key)}[{index}]", "a section", element)),
        ];
    }

    /// <summary>Whether the key has a value, here or in the defaults.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A name that is safe as part of a path: small letters, digits, dots, dashes and underscores.</summary>
    public string Name(string key) => Read<string>(key, "a name of small letters, digits, '.', '-' and '_'", HoconScalar.TryName);

    /// <summary>true, false, on or off.</summary>
    public bool Flag(string key) => Read<bool>(key, "on or off", HoconScalar.TryFlag);

    /// <summary>true, false, on or off, or <see langword="null"/> for a word such as <c>by-family</c>.</summary>
    public bool? FlagOr(string key, string word) => IsWord(key, word) ? null : Read<bool>(key, $"{word}, on or off", HoconScalar.TryFlag);

    /// <summary>
    /// A file's path, or <see langword="null"/> for a word such as <c>none</c>. A relative one starts beside the file that
    /// it is written in; on the command line, in the current folder.
    /// </summary>
    public string? FileOr(string key, string word)
    {
        if (IsWord(key, word))
        {
            return null;
        }

        var path = Read<string>(key, $"{word} or a file's path", (text, out value) => (value = text).Length > 0 && !text.Any(char.IsControl));
        return Path.Combine(Find(key)!.Value.Document.FolderOf(PathOf(key)), path);
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int Integer(string key, int min, int max = int.MaxValue) =>
        Integer(key, Whole(min, max), value => value >= min && value <= max);

    /// <summary>A whole number of at least <paramref name="min"/>, or <see langword="null"/> for a word such as <c>all</c>.</summary>
    public int? IntegerOr(string key, string word, int min) =>
        IsWord(key, word) ? null : Integer(key, $"{word} or {Whole(min, int.MaxValue)}", value => value >= min);

    /// <summary>How much of something: off is none, on is all (<see cref="int.MaxValue"/>), a whole number is so many.</summary>
    public int Some(string key) => Read<int>(key, "off, on or a whole number of at least 1", (text, out value) =>
    {
        if (HoconScalar.TryFlag(text, out var all))
        {
            value = all ? int.MaxValue : 0;
            return true;
        }

        return HoconScalar.TryInteger(text, out value) && value >= 1;
    });

    /// <summary>One of a few whole numbers.</summary>
    public int OneOf(string key, params IReadOnlyList<int> known) => Integer(key, $"one of {string.Join(", ", known)}", known.Contains);

    /// <summary>A real number that satisfies <paramref name="holds"/>; <paramref name="expected"/> says in words which those are.</summary>
    public double Number(string key, string expected, Func<double, bool> holds) =>
        Read<double>(key, expected, (text, out value) => HoconScalar.TryNumber(text, out value) && holds(value));

    /// <summary>A real number, or <see langword="null"/> for a word such as <c>soft</c>.</summary>
    public double? NumberOr(string key, string word) => IsWord(key, word) ? null : Read<double>(key, $"{word} or a number", HoconScalar.TryNumber);

    /// <summary>One of an enum's values, by the name <see cref="SpecNames"/> gives it.</summary>
    public T Choice<T>(string key)
        where T : struct, Enum => Enum.GetValues<T>()[Word(key, [.. Enum.GetValues<T>().Select(SpecNames.Of)])];

    /// <summary>One of an enum's values by its name, or <see langword="null"/> for a word such as <c>by-kind</c>.</summary>
    public T? ChoiceOr<T>(string key, string word)
        where T : struct, Enum
    {
        string[] known = [word, .. Enum.GetValues<T>().Select(SpecNames.Of)];
        return Word(key, known) is var index and > 0 ? Enum.GetValues<T>()[index - 1] : null;
    }

    /// <summary>The index of the value among a few known words.</summary>
    public int Word(string key, IReadOnlyList<string> known)
    {
        var (document, node) = Required(key, $"one of {string.Join(", ", known)}");
        var text = Text(node);
        for (var index = 0; index < known.Count; index++)
        {
            if (known[index] == text)
            {
                return index;
            }
        }

        throw Wrong(document, HoconDocument.Path(node), $"one of {string.Join(", ", known)}", node, Suggestion.Ask(text ?? "", known));
    }

    /// <summary>A list of whole numbers, at least one.</summary>
    public IReadOnlyList<long> Longs(string key) => ReadList<long>(key, "a whole number", HoconScalar.TryLong);

    /// <summary>The word <paramref name="word"/>, for which it is null, or a list of whole numbers, at least one.</summary>
    public IReadOnlyList<long>? LongsOr(string key, string word) => IsWord(key, word) ? null : Longs(key);

    /// <summary>A list of real numbers, at least one, each of which satisfies <paramref name="holds"/>.</summary>
    public IReadOnlyList<double> Numbers(string key, string expected, Func<double, bool> holds) =>
        ReadList<double>(key, expected, (text, out value) => HoconScalar.TryNumber(text, out value) && holds(value));

    /// <summary>A list of texts, at least one, each of which satisfies <paramref name="holds"/>.</summary>
    public IReadOnlyList<string> Texts(string key, string expected, Func<string, bool> holds) =>
        ReadList<string>(key, expected, (text, out value) => holds(value = text));

    /// <summary>A text that satisfies <paramref name="holds"/>; <paramref name="expected"/> says in words which those are.</summary>
    public string Text(string key, string expected, Func<string, bool> holds) =>
        Read<string>(key, expected, (text, out value) => holds(value = text));

    /// <summary>The word <paramref name="word"/>, which stands for an empty list, or a list of texts, each of which satisfies <paramref name="holds"/>.</summary>
    public IReadOnlyList<string> TextsOr(string key, string word, string expected, Func<string, bool> holds) =>
        IsWord(key, word) ? [] : Texts(key, expected, holds);

    /// <summary>The word <paramref name="word"/>, which stands for no sections, or a list of sections, at least one; <paramref name="defaults"/> lie under each of them.</summary>
    public IReadOnlyList<HoconSection> SectionsOr(string key, string word, HoconSection defaults) => IsWord(key, word) ? [] : Sections(key, defaults);

    /// <summary>An error about a key's value, for rules that concern more than the one value.</summary>
    public InputException Error(string key, string complaint)
    {
        var document = Find(key)?.Document ?? _document;
        var path = PathOf(key);
        return new InputException($"{document.Called(path)}: {complaint}");
    }

    private void RefuseUnknownKeys(Layer layer)
    {
        var known = _layers[^1].Keys.Select(pair => pair.Key).ToList();
        foreach (var (key, _) in layer.Keys)
        {
            if (!known.Contains(key))
            {
                var path = Join(HoconDocument.Path(layer.Keys), key);
                throw new InputException(
                    $"{layer.Document.Called(path)}: unknown key{Suggestion.Ask(key, known)} (known here: {string.Join(", ", known)})");
            }
        }
    }

    private T Read<T>(string key, string expected, TryRead<T> read)
    {
        var (document, node) = Required(key, expected);
        return Text(node) is { } text && read(text, out var value) ? value : throw Wrong(document, HoconDocument.Path(node), expected, node);
    }

    private List<T> ReadList<T>(string key, string expected, TryRead<T> read)
    {
        var (document, elements) = Elements(key, "values");
        var values = new List<T>();
        foreach (var element in elements)
        {
            values.Add(Text(element) is { } text && read(text, out var value)
                ? value
                : throw Wrong(document, $"{PathOf(key)}[{values.Count}]", expected, element));
        }

        return values;
    }

    private (HoconDocument Document, JsonArray Elements) Elements(string key, string of)
    {
        var expected = $"a list of {of}, at least one";
        var (document, node) = Required(key, expected);
        return node is JsonArray { Count: > 0 } list ? (document, list) : throw Wrong(document, HoconDocument.Path(node), expected, node);
    }

    private (HoconDocument Document, JsonNode Node) Required(string key, string expected)
    {
        if (Find(key) is { } found)
        {
            return found;
        }

        // Reading a key that the reference does not document is a mistake of this program's, not of the user's.
        return _layers[^1].Keys.ContainsKey(key)
            ? throw Error(key, $"missing; expected {expected}")
            : throw new InvalidOperationException($"the reference configuration lacks {PathOf(key)}");
    }

    private (HoconDocument Document, JsonNode Node)? Find(string key)
    {
        foreach (var layer in _layers)
        {
            if (layer.Keys[key] is { } node)
            {
                return (layer.Document, node);
            }
        }

        return null;
    }

    private string PathOf(string key) =>
        Find(key) is { } found ? HoconDocument.Path(found.Node) : Join(_path, key);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static InputException Wrong(HoconDocument document, string path, string expected, JsonNode? found, string hint = "") =>
        new($"{document.Called(path)}: expected {expected}, found {Describe(found)}{hint}");

    private static string Describe(JsonNode? node) => node switch
    {
        null => "nothing",
        JsonObject => "a section",
        JsonArray { Count: 0 } => "an empty list",
        JsonArray => "a list",
        _ => $"\"{Text(node)?.ReplaceLineEndings("\\n")}\"",
    };

    private static string? Text(JsonNode? node) => (node as JsonValue)?.GetValue<string>();

    private bool IsWord(string key, string word) => Find(key) is { } found && Text(found.Node) == word;

    private int Integer(string key, string expected, Func<int, bool> holds) =>
        Read<int>(key, expected, (text, out value) => HoconScalar.TryInteger(text, out value) && holds(value));

    private static string Whole(int min, int max) =>
        max == int.MaxValue ? $"a whole number of at least {min}" : $"a whole number from {min} to {max}";
}
