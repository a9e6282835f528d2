using System.Runtime.InteropServices;
using System.Text;

namespace SpikeTrail.Protocol;

/// <summary>
/// Writes files that are either whole or not there, whatever happens to the process or the machine: beside their place,
/// flushed to disk, renamed, and the folder flushed, so that the new name is there after a power cut too.
/// Two processes may write the same file at the same time, one of them held to be dead: the second writes beside it under another name.
/// </summary>
public static class WholeFile
{
    private const string Ending = ".part";

    /// <summary>Writes a file through a stream, replacing the one before.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written. The file before it is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            var stream = CreateBeside(path);
            try
            {
                // Closed before anybody can find it: while it is open to be written, .NET lets nobody read it.
                using (stream)
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(stream.Name, path, overwrite: true);
            }
            catch
            {
                Remove(stream.Name);
                throw;
            }

            Flush(FolderOf(path));
        }
        catch (Exception error) when (error is not StorageException && StorageException.IsBehind(error))
        {
            throw StorageException.Of(path, error);
        }
    }

    /// <summary>Removes what writers that were killed left beside a folder's files. What cannot be removed stays.</summary>
    public static void Sweep(string folder)
    {
        foreach (var left in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            Remove(left);
        }
    }

    /// <summary>Writes a text file, UTF-8 without a mark.</summary>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written. The file before it is as it was.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Makes a folder where it is missing, and those above it; each is there after a power cut too.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var above = FolderOf(path);
        CreateFolder(above);
        try
        {
            Directory.CreateDirectory(path);
            Flush(above);
        }
        catch (Exception error) when (StorageException.IsBehind(error))
        {
            throw StorageException.Of(path, error);
        }
    }

    private static FileStream CreateBeside(string path)
    {
        try
        {
            return File.Create(path + Ending);
        }
        catch (IOException taken) when (taken.HResult == StorageException.InUse)
        {
            return File.Create($"{path}.{Path.GetRandomFileName()}{Ending}");
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A part too many does no harm: it is swept away later.
        }
    }

    /// <summary>Has a folder's entries written to disk. .NET opens no folders, and elsewhere than on Linux there is nothing to do.</summary>
    private static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, CloseOnExec);
        if (descriptor < 0)
        {
            // A folder that may be written but not read.
            return;
        }

        var failed = FlushToDisk(descriptor) < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Close(descriptor);

        // File systems that cannot do it say so with another error, and have nothing to lose by it.
        if (failed is InputOutputError or NoSpace)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(failed), failed);
        }
    }

    private const int CloseOnExec = 0x80000;
    private const int InputOutputError = 5;
    private const int NoSpace = 28;

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushToDisk(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
