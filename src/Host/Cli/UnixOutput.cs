using Microsoft.Win32.SafeHandles;

namespace SpikeTrail.Host.Cli;

/// <summary>Standard output that says when nobody reads it any more, which .NET's console keeps to itself.</summary>
internal static class UnixOutput
{
    private const nint StandardOutput = 1;

    /// <summary>What to print to: where it is a pipe, writing throws an <see cref="IOException"/> once its reader has left, as <c>head</c> does after its lines.</summary>
    public static TextWriter Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.Out;
        }

        // Of a file two streams would each have their own idea of its end.
        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.Out : new StreamWriter(stream) { AutoFlush = true };
    }
}
