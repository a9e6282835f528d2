using System.Runtime.InteropServices;

namespace SpikeTrail.Snn.Native;

/// <summary>
/// The C library's heap, where tensors lie. Every pass makes and frees tensors of the same sizes; left to itself, glibc gives the large
/// ones back to the system at once, and each new one then costs a page fault every 4 KiB: a sixth of an attack step of 64 images.
/// </summary>
internal static unsafe class Heap
{
    // glibc's <malloc.h>.
    private const int TrimThreshold = -1;
    private const int MostMappings = -4;
    private const int MostArenas = -8;

    private const int KeptBytes = 1 << 30;

    private static int _asked;

    /// <summary>
    /// Has freed memory kept for the next tensor, up to 1 GiB at the heap's end, in one heap for all threads: those that glibc gives to single threads
    /// are small, and go back to the system whole. Does nothing where the C library is not glibc, nor when called again.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0
            && OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, "mallopt", out var function))
        {
            var mallopt = (delegate* unmanaged[Cdecl]<int, int, int>)function;
            _ = mallopt(MostArenas, 1);
            _ = mallopt(MostMappings, 0);
            _ = mallopt(TrimThreshold, KeptBytes);
        }
    }
}
