using System.Globalization;
using System.Text.Json;
using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Verification;

/// <summary>A place in a case file: what stands there, and one line to refuse it with. It remembers which keys were asked for.</summary>
internal sealed class CaseElement
{
    private readonly string _file;
    private readonly string _path;
    private readonly JsonElement _value;
    private readonly Dictionary<string, CaseElement> _read = [];

    private CaseElement(string file, string path, JsonElement value) => (_file, _path, _value) = (file, path, value);

    /// <summary>The whole of a file.</summary>
    public static CaseElement Root(string file, JsonElement value) => new(file, "", value);

    /// <summary>Keys here and below that nobody asked for.</summary>
    public IEnumerable<string> Unread => _value.ValueKind == JsonValueKind.Object
        ? _value.EnumerateObject().SelectMany(property => _read.TryGetValue(property.Name, out var child) ? child.Unread : [Below(property.Name)])
        : [];

    /// <summary>The value of a key.</summary>
    /// <exception cref="InputException">This is no object, or lacks the key.</exception>
    public CaseElement this[string key] => Find(key) ?? throw Missing(key);

    /// <summary>The value of a key; null where the key is missing or its value is null.</summary>
    /// <exception cref="InputException">This is no object.</exception>
    public CaseElement? Find(string key)
    {
        if (_value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        if (!_read.TryGetValue(key, out var child))
        {
            if (!_value.TryGetProperty(key, out var value))
            {
                return null;
            }

            _read.Add(key, child = new CaseElement(_file, Below(key), value));
        }

        return child._value.ValueKind == JsonValueKind.Null ? null : child;
    }

    /// <summary>Whether the key is there, even with the value null.</summary>
    public bool Has(string key) => Find(key) is not null || _read.ContainsKey(key);

    public string Text() => _value.ValueKind == JsonValueKind.String ? _value.GetString()! : throw Wrong("a string");

    public long Integer(long from, long to) =>
        _value.ValueKind == JsonValueKind.Number && _value.TryGetInt64(out var integer) && integer >= from && integer <= to
            ? integer
            : throw Wrong(to == long.MaxValue ? $"a whole number of at least {from}" : $"a whole number from {from} to {to}");

    public double Number(double from = double.NegativeInfinity, double to = double.PositiveInfinity) =>
        _value.ValueKind == JsonValueKind.Number && _value.TryGetDouble(out var number) && double.IsFinite(number) && number >= from && number <= to
            ? number
            : throw Wrong((double.IsInfinity(from), double.IsInfinity(to)) switch
            {
                (true, true) => "a number",
                (false, true) => string.Create(CultureInfo.InvariantCulture, $"a number of at least {from}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"a number from {from} to {to}"),
            });

    /// <summary>The elements of an array, as many as are expected where that is known.</summary>
    public List<CaseElement> Items(long? count = null)
    {
        if (_value.ValueKind != JsonValueKind.Array || (count is not null && _value.GetArrayLength() != count))
        {
            throw Wrong(count is null ? "an array" : $"an array of {count}");
        }

        return [.. _value.EnumerateArray().Select((item, i) => new CaseElement(_file, $"{_path}[{i}]", item))];
    }

    /// <summary>What refuses this place.</summary>
    public InputException Wrong(string expected) => Refuse($"expected {expected}, got {Shown()}");

    /// <summary>What refuses this place, in words of one's own.</summary>
    public InputException Refuse(string line) => new(_path.Length == 0 ? $"{_file}: {line}" : $"{_file}: {_path}: {line}");

    public InputException Missing(string key) => new($"{_file}: {Below(key)}: missing");

    private string Below(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private string Shown() => _value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"an array of {_value.GetArrayLength()}",
        _ when _value.GetRawText() is { Length: > 60 } text => text[..60] + "…",
        _ => _value.GetRawText(),
    };
}
