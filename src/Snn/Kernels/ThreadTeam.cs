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
    /// Deals pieces of work out to the team, in contiguous ranges. What comes out must depend neither on the ranges nor on who does which.
    /// </summary>
    /// <param name="pieces">How many pieces there are.</param>
    /// <param name="work">Does the pieces from the first number to before the second.</param>
    /// <param name="grains">Into how many ranges a thread's share is cut: one where each range goes through the same memory again.</param>
    public static void Run(int pieces, Action<int, int> work, int grains = 4)
    {
        if (pieces <= 1 || Library is not { } library || library.MaxThreads() <= 1)
        {
            work(0, pieces);
            return;
        }

        var job = new Job(pieces, library.MaxThreads(), grains, work);
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
            job.Work(Library!.ThreadNumber());
        }
#pragma warning disable CA1031 // No exception may pass through native frames: it is thrown again on the calling thread.
        catch (Exception error)
#pragma warning restore CA1031
        {
            job.Error = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>
    /// Each thread has a share of its own, the same in every job of so many pieces: its cache still has what it left there. Who is through with it
    /// takes of the others': where other programs hold a thread up, the rest do not wait for all of its share.
    /// </summary>
    private sealed class Job(int pieces, int shares, int grains, Action<int, int> work)
    {
        // Counters in a cache line each.
        private const int Apart = 64 / sizeof(int);

        private readonly int[] _taken = new int[shares * Apart];

        public System.Runtime.ExceptionServices.ExceptionDispatchInfo? Error { get; set; }

        /// <summary>What one thread of the team does, however many there are.</summary>
        public void Work(int thread)
        {
            for (var turn = 0; turn < shares; turn++)
            {
                WorkOnShare((thread + turn) % shares);
            }
        }

        private void WorkOnShare(int share)
        {
            for (int grain; (grain = Interlocked.Increment(ref _taken[share * Apart]) - 1) < grains;)
            {
                var (start, end) = (Start(share, grain), Start(share, grain + 1));
                if (start < end)
                {
                    work(start, end);
                }
            }
        }

        /// <summary>Where a grain begins. Each is half as long as the one before: what is left to wait for at the end is short, without many grains.</summary>
        private int Start(int share, int grain)
        {
            long whole = (1 << grains) - 1, before = whole + 1 - (1 << (grains - grain));
            return (int)(pieces * ((share * whole) + before) / (shares * whole));
        }
    }

    /// <summary>The entry points that compilers call for OpenMP's constructs, of the library that libtorch has loaded.</summary>
    private sealed class OpenMp
    {
        public required delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void> Parallel { get; init; }

        public required delegate* unmanaged[Cdecl]<int> ThreadNumber { get; init; }

        public required delegate* unmanaged[Cdecl]<int> MaxThreads { get; init; }

        /// <summary>Null where libtorch was built with another threading library: kernels then run on the calling thread.</summary>
        public static OpenMp? Find() =>
            LibTorch.Export("GOMP_parallel") is var parallel and not 0
            && LibTorch.Export("omp_get_thread_num") is var number and not 0
            && LibTorch.Export("omp_get_max_threads") is var most and not 0
                ? new OpenMp
                {
                    Parallel = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void>)parallel,
                    ThreadNumber = (delegate* unmanaged[Cdecl]<int>)number,
                    MaxThreads = (delegate* unmanaged[Cdecl]<int>)most,
                }
                : null;
    }
}
