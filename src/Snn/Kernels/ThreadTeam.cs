using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Runs kernels on libtorch's own team of threads, that of the calling thread (<c>torch.set_num_threads</c>). A second team would
/// fight the first for processors: OpenMP's threads spin for a while after each of libtorch's operations.
/// </summary>
internal static unsafe class ThreadTeam
{
    private static readonly OpenMp? Library = OpenMp.Find();

    /// <summary>
    /// Deals pieces of work out to the team, each thread a contiguous range. What comes out must not depend on who does which.
    /// </summary>
    /// <param name="pieces">How many pieces there are.</param>
    /// <param name="work">Does the pieces from the first number to before the second.</param>
    public static void Run(int pieces, Action<int, int> work)
    {
        if (pieces <= 1 || Library is not { } library || library.MaxThreads() <= 1)
        {
            work(0, pieces);
            return;
        }

        var job = new Job(pieces, work);
        var handle = GCHandle.Alloc(job);
        try
        {
            library.Parallel(&Enter, (void*)GCHandle.ToIntPtr(handle), 0, 0);
        }
        finally
        {
            handle.Free();
        }

        job.Error?.Throw();
    }

    /// <summary>What each thread of the team does.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(void* handle)
    {
        var job = (Job)GCHandle.FromIntPtr((nint)handle).Target!;
        try
        {
            long thread = Library!.ThreadNumber(), threads = Library.Threads();
            var (start, end) = ((int)(job.Pieces * thread / threads), (int)(job.Pieces * (thread + 1) / threads));
            if (start < end)
            {
                job.Work(start, end);
            }
        }
#pragma warning disable CA1031 // No exception may pass through native frames: it is thrown again on the calling thread.
        catch (Exception error)
#pragma warning restore CA1031
        {
            job.Error = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
        }
    }

    private sealed class Job(int pieces, Action<int, int> work)
    {
        public int Pieces { get; } = pieces;

        public Action<int, int> Work { get; } = work;

        public System.Runtime.ExceptionServices.ExceptionDispatchInfo? Error { get; set; }
    }

    /// <summary>The entry points that compilers call for OpenMP's constructs, of the library that libtorch has loaded.</summary>
    private sealed class OpenMp
    {
        public required delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void> Parallel { get; init; }

        public required delegate* unmanaged[Cdecl]<int> ThreadNumber { get; init; }

        public required delegate* unmanaged[Cdecl]<int> Threads { get; init; }

        public required delegate* unmanaged[Cdecl]<int> MaxThreads { get; init; }

        /// <summary>Null where libtorch was built with another threading library: kernels then run on the calling thread.</summary>
        public static OpenMp? Find() =>
            LibTorch.Export("GOMP_parallel") is var parallel and not 0
            && LibTorch.Export("omp_get_thread_num") is var number and not 0
            && LibTorch.Export("omp_get_num_threads") is var threads and not 0
            && LibTorch.Export("omp_get_max_threads") is var most and not 0
                ? new OpenMp
                {
                    Parallel = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void>)parallel,
                    ThreadNumber = (delegate* unmanaged[Cdecl]<int>)number,
                    Threads = (delegate* unmanaged[Cdecl]<int>)threads,
                    MaxThreads = (delegate* unmanaged[Cdecl]<int>)most,
                }
                : null;
    }
}
