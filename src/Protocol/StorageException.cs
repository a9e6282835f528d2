namespace SpikeTrail.Protocol;

/// <summary>
/// Something cannot be written where it belongs: the disk is full, or the folder is read-only, not ours or gone. Nothing is
/// wrong with the work, and trying it again is in vain until somebody has made room.
/// </summary>
public sealed class StorageException : IOException
{
    /// <summary>A failure with words of its own.</summary>
    public StorageException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>A failure to write a file or a folder; .NET's words for it end in a path, which is said once.</summary>
    public static StorageException Of(string path, Exception cause) =>
        new($"{path}: cannot be written: {cause.Message.Split(" : '")[0].TrimEnd('.')}", cause);

    /// <summary>Whether an exception is of this kind. That another process has the file open is not: that passes.</summary>
    public static bool IsBehind(Exception error) => error is UnauthorizedAccessException || (error is IOException && error.HResult != InUse);

    // EAGAIN, with which .NET says that somebody else holds the file.
    internal const int InUse = 11;
}
