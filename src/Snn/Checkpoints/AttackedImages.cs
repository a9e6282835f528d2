using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>
/// Attacked images on their way to another network: a file of nothing but their bytes, written, verified and swept away as a checkpoint's are
/// (<see cref="Checkpoint"/>).
/// </summary>
public static class AttackedImages
{
    private const string FileName = "images.bytes";

    /// <summary>Writes images into a folder, which is made where missing.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public static CheckpointFile Save(byte[] images, string folder)
    {
        WholeFile.CreateFolder(folder);
        var path = Path.Combine(folder, FileName);
        WholeFile.Write(path, stream => stream.Write(images));
        return new CheckpointFile(FileName, Fingerprint.Of(path));
    }

    /// <summary>Reads images.</summary>
    /// <param name="images">Where they are.</param>
    /// <param name="bytes">How many bytes they must be.</param>
    /// <param name="outputFolder">The campaign's folder.</param>
    /// <exception cref="InvalidDataException">The file is missing or damaged, or of another length.</exception>
    public static byte[] Load(CheckpointManifest images, long bytes, string outputFolder)
    {
        var file = images.Files.Single();
        var path = Path.Combine(outputFolder, images.Folder, file.Name);
        using var stream = Checkpoint.OpenVerified(path, file);
        if (stream.Length != bytes)
        {
            throw new InvalidDataException($"{path}: has {stream.Length} bytes, expected {bytes}");
        }

        var content = new byte[bytes];
        stream.ReadExactly(content);
        return content;
    }
}
