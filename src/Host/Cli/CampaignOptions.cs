using System.CommandLine;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary>The options that several commands share.</summary>
internal static class CampaignOptions
{
    public static Option<string> Out(string description) => new("--out") { Description = description, HelpName = "DIR" };

    public static Option<string?> Data() => new("--data")
    {
        Description = "A folder with data sets, besides those that ship with SpikeTrail.",
        HelpName = "DIR",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override one key of the campaign, such as campaign.training.epochs=3; may be given several times.",
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    /// <summary>An existing folder, or null where none was named.</summary>
    /// <exception cref="InputException">The folder does not exist.</exception>
    public static string? ExistingFolder(string? folder) => folder is null || Directory.Exists(folder)
        ? folder
        : throw new InputException($"--data {folder}: no such folder");
}
