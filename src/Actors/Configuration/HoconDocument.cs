using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Configuration;

/// <summary>A HOCON file, with what the command line put over it.</summary>
public sealed partial class HoconDocument
{
    private const string Set = "--set";

    private readonly string _file;
    private readonly string _folder;
    private readonly List<(string Path, string Option)> _overridden = [];

    private HoconDocument(string file, string folder, JsonObject root)
    {
        _file = file;
        _folder = folder;
        Root = root;
    }

    /// <summary>The whole file as one section.</summary>
    internal JsonObject Root { get; }

    /// <summary>Reads a text; <paramref name="file"/> is what error messages call it.</summary>
    /// <param name="folder">Where relative paths in it start; empty for the current folder.</param>
    /// <exception cref="InputException">The text is not HOCON.</exception>
    public static HoconDocument Parse(string text, string file, string folder = "") => new(file, folder, HoconTree.Read(text, file));

    /// <summary>Puts one setting over the file: <c>campaign.training.epochs=3</c> or <c>campaign.networks[0].depth=34</c>.</summary>
    /// <exception cref="InputException">The setting is no such line, or names a list element that does not exist.</exception>
    public void Override(string setting)
    {
        var equals = setting.IndexOf('=');
        var path = equals < 0 ? "" : setting[..equals].Trim();
        if (!SettingPath().IsMatch(path))
        {
            throw new InputException($"--set {setting}: expected KEY=VALUE, such as campaign.training.epochs=3 or campaign.networks[0].depth=34");
        }

        var given = $"{Set} {setting}";
        var value = HoconTree.Read($"value = {setting[(equals + 1)..]}", given);
        var steps = Step().Matches(path).Select(match => match.Value).ToList();
        JsonNode place = Root;
        foreach (var step in steps.SkipLast(1))
        {
            place = Enter(place, step, given);
        }

        Put(place, steps[^1], value["value"]?.DeepClone(), given);
        _overridden.Add((path, Set));
    }

    /// <summary>Puts the value of an option of the command line over the file's, at a path of sections alone.</summary>
    /// <param name="path">The path, such as <c>spiketrail.node.port</c>.</param>
    /// <param name="value">A text, or a list of texts.</param>
    /// <param name="option">What error messages call it: the option that was typed, such as <c>--port</c>.</param>
    public void Override(string path, JsonNode value, string option)
    {
        var steps = path.Split('.');
        var place = steps.SkipLast(1).Aggregate((JsonNode)Root, (section, step) => Enter(section, step, option));
        Put(place, steps[^1], value, option);
        _overridden.Add((path, option));
    }

    /// <summary>What error messages call the value at a path: the key and where it was written, or the option that was typed for it.</summary>
    internal string Called(string path) => Overriding(path) is { } option and not Set ? option : $"{Overriding(path) ?? _file}: {path}";

    /// <summary>Where a relative path that is the value at a key path starts: beside this file, or, on the command line, in the current folder.</summary>
    internal string FolderOf(string path) => Overriding(path) is null ? _folder : "";

    private string? Overriding(string path) =>
        _overridden.FindLast(overridden =>
            path == overridden.Path
            || path.StartsWith(overridden.Path + ".", StringComparison.Ordinal)
            || path.StartsWith(overridden.Path + "[", StringComparison.Ordinal)).Option;

    private JsonNode Enter(JsonNode place, string step, string given)
    {
        if (place is JsonObject section && !step.StartsWith('['))
        {
            // A section that the file leaves out is made: its other keys keep their defaults.
            return section[step] ??= new JsonObject();
        }

        return Elements(place, step, given)[Index(step)]
            ?? throw new InputException($"{given}: {Path(place)}{step} is empty");
    }

    private void Put(JsonNode place, string step, JsonNode? value, string given)
    {
        if (place is not JsonObject section || step.StartsWith('['))
        {
            Elements(place, step, given)[Index(step)] = value;
        }
        else if (value is JsonObject keys && section[step] is JsonObject known)
        {
            // As in a file, a section given twice is merged.
            foreach (var (key, inner) in keys.ToList())
            {
                Put(known, key, inner?.DeepClone(), given);
            }
        }
        else
        {
            section[step] = value;
        }
    }

    private JsonArray Elements(JsonNode place, string step, string given)
    {
        if (!step.StartsWith('['))
        {
            throw new InputException($"{given}: {Path(place)} is not a section in {_file}");
        }

        if (place is not JsonArray list)
        {
            throw new InputException($"{given}: {Path(place)} is not a list in {_file}");
        }

        return Index(step) < list.Count
            ? list
            : throw new InputException($"{given}: {Path(place)} has {list.Count} element(s) in {_file}, counted from 0");
    }

    private static int Index(string step) => int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);

    /// <summary>A node's full key path, such as <c>campaign.networks[1].depth</c>.</summary>
    internal static string Path(JsonNode node) => node.GetPath() is { Length: > 2 } path ? path[2..] : "";

    [GeneratedRegex(@"^[a-z0-9-]+(\[\d{1,6}\])*(\.[a-z0-9-]+(\[\d{1,6}\])*)*$")]
    private static partial Regex SettingPath();

    [GeneratedRegex(@"[a-z0-9-]+|\[\d+\]")]
    private static partial Regex Step();
}
