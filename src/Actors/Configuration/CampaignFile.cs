using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>What a campaign file says.</summary>
/// <param name="Campaign">What is measured.</param>
/// <param name="Pipeline">How it is computed.</param>
public sealed record CampaignSettings(CampaignSpec Campaign, PipelineSpec Pipeline);

/// <summary>
/// A campaign as a HOCON file: a section <c>campaign</c> and, where the defaults do not suit, a section
/// <c>pipeline</c>. What the file leaves out comes from hocon/campaign.conf and hocon/pipeline.conf.
/// </summary>
public static class CampaignFile
{
    // Far more than a person writes: what is longer is another kind of file, or has no end.
    private const int LongestText = 1 << 20;

    /// <summary>Reads a campaign file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings to put over it, as <c>KEY=VALUE</c>; a later one wins.</param>
    /// <exception cref="InputException">The file or a setting cannot be used; the message is one line that names the key.</exception>
    public static CampaignSettings Load(string path, IEnumerable<string> overrides)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder, expected a campaign file");
        }

        try
        {
            return Parse(ReadText(path), path, overrides, Path.GetDirectoryName(path) ?? "");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var hint = BundledConfiguration.Campaigns.Contains(name) ? $"; a campaign {name} comes with SpikeTrail: {BundledConfiguration.PathOf(name)}" : "";
            throw new InputException($"{path}: there is no such file{hint}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static string ReadText(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[LongestText + 1];
        var length = reader.ReadBlock(text);
        return length <= LongestText
            ? new string(text, 0, length)
            : throw new InputException(FormattableString.Invariant($"{path}: expected a campaign file, found more than {LongestText:N0} characters"));
    }

    /// <summary>Reads a campaign that comes with SpikeTrail, such as <c>demo</c>.</summary>
    /// <inheritdoc cref="Load"/>
    public static CampaignSettings LoadBundled(string name, IEnumerable<string> overrides) =>
        BundledConfiguration.Campaigns.Contains(name)
            ? Parse(BundledConfiguration.Read(BundledConfiguration.PathOf(name)), BundledConfiguration.PathOf(name), overrides)
            : throw new InputException(
                $"{name}: no such campaign comes with SpikeTrail{Suggestion.Ask(name, BundledConfiguration.Campaigns)} (there are {string.Join(", ", BundledConfiguration.Campaigns)})");

    /// <summary>Reads a campaign from text; <paramref name="file"/> is what error messages call it.</summary>
    /// <param name="folder">Where relative paths in it start; empty for the current folder.</param>
    /// <inheritdoc cref="Load"/>
    public static CampaignSettings Parse(string text, string file, IEnumerable<string> overrides, string folder = "")
    {
        var document = HoconDocument.Parse(text, file, folder);
        foreach (var setting in overrides)
        {
            document.Override(setting);
        }

        var root = HoconSection.Open(document, BundledConfiguration.CampaignReference);
        return new CampaignSettings(CampaignReader.Read(root.Section("campaign")), PipelineReader.Read(root.Section("pipeline")));
    }
}
