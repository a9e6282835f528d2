#nullable disable
#if !WITHOUT_MSBUILD
using System;
using System.IO;
#endif
using System.Text;

namespace SpikeTrail.Build;

/// <summary>What <see cref="ElfVersions.Weaken(byte[], string)"/> found.</summary>
public enum VersionNeed
{
    /// <summary>The library does not ask for that version.</summary>
    Absent,

    /// <summary>It asked, and the loader may already do without.</summary>
    Weak,

    /// <summary>It insisted; now the loader may do without.</summary>
    Weakened,
}

/// <summary>
/// The table in which a 64-bit little-endian ELF library says which versions of others' symbols it needs (.gnu.version_r):
/// one Verneed entry a library, each with a chain of Vernaux entries, one a version. The loader passes over a missing version
/// whose Vernaux entry has the flag "weak".
/// </summary>
public static class ElfVersions
{
    private const int SectionTypeVersionNeeds = 0x6ffffffe;
    private const int SectionHeaderSize = 64;
    private const ushort WeakFlag = 0x2;

    /// <summary>Marks the need for <paramref name="version"/> as weak in the library's bytes; changes nothing where it is so already.</summary>
    public static VersionNeed Weaken(byte[] library, string version)
    {
        if (library.Length < SectionHeaderSize || library[0] != 0x7f || library[1] != 'E' || library[2] != 'L' || library[3] != 'F' || library[4] != 2 || library[5] != 1)
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        }

        var headers = checked((int)BitConverter.ToInt64(library, 40));
        int headerCount = BitConverter.ToUInt16(library, 60);
        var found = VersionNeed.Absent;
        for (var index = 0; index < headerCount; index++)
        {
            var header = headers + index * SectionHeaderSize;
            if (BitConverter.ToInt32(library, header + 4) == SectionTypeVersionNeeds)
            {
                var names = SectionOffset(library, headers + BitConverter.ToInt32(library, header + 40) * SectionHeaderSize);
                var libraries = BitConverter.ToInt32(library, header + 44);
                found = Weaken(library, SectionOffset(library, header), libraries, names, version);
            }
        }

        return found;
    }

    private static VersionNeed Weaken(byte[] library, int need, int libraries, int names, string version)
    {
        for (; libraries > 0; libraries--)
        {
            int versions = BitConverter.ToUInt16(library, need + 2);
            var entry = need + BitConverter.ToInt32(library, need + 8);
            for (; versions > 0; versions--)
            {
                if (Name(library, names + BitConverter.ToInt32(library, entry + 8)) == version)
                {
                    if ((BitConverter.ToUInt16(library, entry + 4) & WeakFlag) != 0)
                    {
                        return VersionNeed.Weak;
                    }

                    library[entry + 4] |= (byte)WeakFlag;
                    return VersionNeed.Weakened;
                }

                entry += BitConverter.ToInt32(library, entry + 12);
            }

            need += BitConverter.ToInt32(library, need + 12);
        }

        return VersionNeed.Absent;
    }

    private static int SectionOffset(byte[] library, int header) => checked((int)BitConverter.ToInt64(library, header + 24));

    private static string Name(byte[] library, int offset) => Encoding.ASCII.GetString(library, offset, Array.IndexOf(library, (byte)0, offset) - offset);
}

#if !WITHOUT_MSBUILD
/// <summary>Copies libLibTorchSharp.so with its need for GLIBCXX_3.4.32 made weak; WeakenGlibcxx.targets says why.</summary>
public sealed class WeakenGlibcxx : Microsoft.Build.Utilities.Task
{
    public string Source { get; set; }

    public string Destination { get; set; }

    public override bool Execute()
    {
        var library = File.ReadAllBytes(Source);
        ElfVersions.Weaken(library, "GLIBCXX_3.4.32");

        // Written beside and renamed into place: projects that build at the same time may meet here.
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        var beside = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(beside, library);
        if (File.Exists(Destination))
        {
            File.Replace(beside, Destination, null);
        }
        else
        {
            try
            {
                File.Move(beside, Destination);
            }
            catch (IOException) when (File.Exists(Destination))
            {
                File.Delete(beside);
            }
        }

        return true;
    }
}
#endif
