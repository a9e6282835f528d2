using System.Formats.Tar;
using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>A place that holds files of a data set.</summary>
internal abstract class DataSource
{
    /// <summary>The folder's or archive's path.</summary>
    public abstract string Path { get; }

    /// <summary>Whether the file is here.</summary>
    /// <exception cref="InputException">The place cannot be searched.</exception>
    public abstract bool Has(DataFile file);

    /// <summary>The file's contents, of the expected size.</summary>
    /// <exception cref="InputException">It is unreadable, damaged, too short or too long.</exception>
    public abstract UnpackedFile Read(DataFile file);
}

/// <summary>Files in a folder, plain or gzipped.</summary>
internal sealed class FolderSource(string folder) : DataSource
{
    public override string Path => folder;

    public override bool Has(DataFile file) => PathOf(file) is not null;

    public override UnpackedFile Read(DataFile file) =>
        UnpackedFile.Read(PathOf(file) ?? System.IO.Path.Combine(folder, file.Name), file.Bytes);

    private string? PathOf(DataFile file)
    {
        var plain = System.IO.Path.Combine(folder, file.Name);
        var gzipped = plain + ".gz";
        return File.Exists(plain) ? plain : File.Exists(gzipped) ? gzipped : null;
    }
}

/// <summary>
/// Files in a tar archive, gzipped or not. A gzipped archive can only be read from its start, so the wanted files are
/// taken from it in one go, whatever their order in it.
/// </summary>
internal sealed class ArchiveSource(string path, IEnumerable<DataFile> wanted) : DataSource
{
    private readonly Lazy<Dictionary<string, UnpackedFile>> _files =
        new(() => UnpackedFile.Guard(path, () => Extract(path, wanted.ToDictionary(file => file.Name))));

    public override string Path => path;

    public override bool Has(DataFile file) => _files.Value.ContainsKey(file.Name);

    public override UnpackedFile Read(DataFile file) => _files.Value[file.Name];

    private static Dictionary<string, UnpackedFile> Extract(string path, Dictionary<string, DataFile> wanted)
    {
        var files = new Dictionary<string, UnpackedFile>();
        using var archive = new TarReader(UnpackedFile.Open(path));
        while (files.Count < wanted.Count && archive.GetNextEntry() is { } entry)
        {
            var name = System.IO.Path.GetFileName(entry.Name);
            if (entry.DataStream is not null && wanted.TryGetValue(name, out var file))
            {
                files[name] = UnpackedFile.Read(entry.DataStream, $"{name} in {path}", file.Bytes);
            }
        }
        return files;
    }
}
