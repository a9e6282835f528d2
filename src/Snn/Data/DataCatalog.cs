using System.Security.Cryptography;
using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>The data sets that can be used by name.</summary>
public static class DataCatalog
{
    /// <summary>All of them, in the order a list shows them.</summary>
    public static IReadOnlyList<KnownDataSet> All => KnownDataSets.All;

    /// <summary>What is known of a data set.</summary>
    /// <exception cref="InputException">There is none of that name; the message suggests one and lists all.</exception>
    public static KnownDataSet Describe(string name) =>
        All.FirstOrDefault(set => set.Name == name) ?? throw Unknown(name);

    /// <summary>Reads a data set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataFolder">The folder to look in; not needed for a data set that comes with the program.</param>
    /// <param name="verify">Whether to hold the files against their MD5 sums. Sizes, headers and labels are always checked.</param>
    /// <exception cref="InputException">It is unknown, missing, unreadable or damaged.</exception>
    public static DataSet Load(string name, string? dataFolder, bool verify = true) =>
        Load(Describe(name), dataFolder, verify);

    /// <summary>Reads a data set that need not be in the catalogue.</summary>
    /// <param name="set">Its files, and what they hold.</param>
    /// <param name="dataFolder">The folder to look in.</param>
    /// <param name="verify">Whether to hold the files against their MD5 sums.</param>
    /// <exception cref="InputException">It is missing, unreadable or damaged.</exception>
    public static DataSet Load(KnownDataSet set, string? dataFolder, bool verify = true) =>
        Load(set, DataSearch.Find(set, dataFolder), verify);

    /// <summary>Says what is there of a data set, reading and checking all of it; a problem is reported, not thrown.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataFolder">The folder to look in; not needed for a data set that comes with the program.</param>
    /// <exception cref="InputException">There is no data set of that name.</exception>
    public static DataStatus Inspect(string name, string? dataFolder) => Inspect(Describe(name), dataFolder);

    /// <summary>The same for a data set that need not be in the catalogue.</summary>
    public static DataStatus Inspect(KnownDataSet set, string? dataFolder)
    {
        var status = new DataStatus(set, FoundAt: null, IsComplete: false, IsChecked: false, Problem: null);
        try
        {
            var source = DataSearch.Find(set, dataFolder);
            status = status with { FoundAt = source.Path };
            status = status with { IsComplete = set.Files.All(source.Has) };
            Load(set, source, verify: true);
            return status with { IsChecked = true };
        }
        catch (InputException e)
        {
            return status with { Problem = e.Message };
        }
    }

    private static DataSet Load(KnownDataSet set, DataSource source, bool verify)
    {
        string[] missing = [.. set.Files.Where(file => !source.Has(file)).Select(file => file.Name)];
        return missing.Length == 0
            ? new DataSet(
                set.Name,
                Images(set, set.TrainingFiles, set.TrainingCount, source, verify),
                Images(set, set.TestFiles, set.TestCount, source, verify))
            : throw new InputException($"{set.Name} is incomplete: {source.Path} lacks {string.Join(", ", missing)}");
    }

    private static ImageSet Images(KnownDataSet set, IReadOnlyList<DataFile> files, int count, DataSource source, bool verify)
    {
        UnpackedFile[] contents = [.. files.Select(file => verify ? Verified(file, source.Read(file)) : source.Read(file))];
        var images = set.Format switch
        {
            DataFormat.Idx => IdxReader.Parse(contents[0], contents[1], set.Classes),
            DataFormat.Cifar10 => CifarReader.Parse(contents, CifarLayout.Cifar10),
            DataFormat.Cifar100 => CifarReader.Parse(contents, CifarLayout.Cifar100),
            _ => throw new InvalidOperationException($"{set.Name}: no reader for {set.Format}"),
        };

        // The right number of bytes can still be cut into the wrong images.
        return (images.Count, images.Height, images.Width) == (count, set.Side, set.Side)
            ? images
            : throw new InputException($"{contents[0].Name} holds {images.Count:N0} images of {images.Height}x{images.Width}, expected {count:N0} of {set.Side}x{set.Side}");
    }

    private static UnpackedFile Verified(DataFile file, UnpackedFile contents)
    {
#pragma warning disable CA5351 // MD5 is what the publishers give: it tells damage, and is not asked to tell malice.
        var actual = Convert.ToHexStringLower(MD5.HashData(contents.Bytes));
#pragma warning restore CA5351
        return actual == file.Md5
            ? contents
            : throw new InputException($"{contents.Name} has the MD5 sum {actual}, expected {file.Md5}");
    }

    private static InputException Unknown(string name)
    {
        var known = All.Select(set => set.Name).ToList();
        return new InputException($"there is no data set '{name}': expected one of {string.Join(", ", known)}{Suggestion.Ask(name, known)}");
    }
}
