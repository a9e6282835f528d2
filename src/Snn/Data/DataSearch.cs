using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>Looks for a data set's files in the folders where they usually are.</summary>
internal static class DataSearch
{
    /// <summary>The place that holds the data set: a complete folder if there is one, else the archive, else a folder with part of it.</summary>
    /// <exception cref="InputException">Nothing of it was found; the message lists what was looked for, and where.</exception>
    public static DataSource Find(KnownDataSet set, string? dataFolder)
    {
        string[] folders = [.. Folders(set, dataFolder)];
        FolderSource[] sources = [.. folders.Select(folder => new FolderSource(folder))];
        return sources.FirstOrDefault(source => set.Files.All(source.Has))
            ?? Archive(set, folders)
            ?? sources.FirstOrDefault(source => set.Files.Any(source.Has))
            ?? throw NotFound(set, dataFolder, folders);
    }

    /// <summary>Where to look, in order. Data sets share file names, so a folder that names the data set comes before one that does not.</summary>
    private static IEnumerable<string> Folders(KnownDataSet set, string? dataFolder)
    {
        if (set.Ships && ShippedFolder(set) is { } shipped)
        {
            yield return shipped;
        }
        if (dataFolder is not null)
        {
            foreach (var folder in set.UsualFolders)
            {
                yield return Path.Combine(dataFolder, set.Name, folder);
            }
            yield return Path.Combine(dataFolder, set.Name);
            foreach (var folder in set.UsualFolders)
            {
                yield return Path.Combine(dataFolder, folder);
            }
            yield return dataFolder;
        }
    }

    /// <summary>data/NAME beside the program, or above it: in the repository that it was built in.</summary>
    private static string? ShippedFolder(KnownDataSet set)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "data", set.Name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }
        return null;
    }

    private static DataSource? Archive(KnownDataSet set, IEnumerable<string> folders) =>
        set.Archive is { } name && folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path
            ? new ArchiveSource(path, set.Files)
            : null;

    private static InputException NotFound(KnownDataSet set, string? dataFolder, string[] folders)
    {
        var expected = string.Join(", ", set.Files.Select(file => file.Name)) + " (plain or .gz)"
            + (set.Archive is { } archive ? $", or {archive}" : "");
        if (dataFolder is null)
        {
            return new InputException($"{set.Name} needs a data folder with {expected}; none was given");
        }
        if (!Directory.Exists(dataFolder))
        {
            return new InputException($"data folder {dataFolder} does not exist; expected one with {expected}");
        }

        // A folder that may not be listed looks like an empty one until it is asked.
        UnpackedFile.Guard(dataFolder, () => Directory.GetFileSystemEntries(dataFolder));
        return new InputException($"{set.Name} was not found: looked for {expected} in {string.Join(", ", folders)}");
    }
}
