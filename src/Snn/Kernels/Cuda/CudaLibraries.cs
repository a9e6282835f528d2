using System.Runtime.InteropServices;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>The libraries that the kernels need, loaded.</summary>
/// <param name="Driver">libcuda, which comes with the GPU's driver.</param>
/// <param name="Compiler">NVRTC: the one beside libtorch if there is one, because that fits the driver if libtorch does.</param>
/// <param name="Torch">libtorch_cuda, which says on what stream libtorch computes.</param>
internal sealed record CudaLibraries(nint Driver, nint Compiler, nint Torch)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="CudaException">One is not there.</exception>
    public static CudaLibraries Find()
    {
        var folder = LibTorch.Location ?? throw new CudaException("the system does not tell where libtorch lies");
        return new CudaLibraries(
            First(["libcuda.so.1", "libcuda.so"], "the driver's libcuda.so.1"),
            FindCompiler(folder) ?? throw new CudaException($"there is no NVRTC (libnvrtc.so) beside {folder} or on the loader's path"),
            First([Path.Combine(folder, "libtorch_cuda.so")], $"libtorch_cuda.so in {folder}"));
    }

    /// <summary>NVRTC, if there is one beside a libtorch, where PyTorch's packages have it, or where the loader looks.</summary>
    public static nint? FindCompiler(string folderOfTorch)
    {
        string[] folders = [folderOfTorch, .. new[] { "cuda_nvrtc", "cu13" }.Select(package => Path.Combine(folderOfTorch, "../../nvidia", package, "lib"))];
        foreach (var folder in folders.Where(Directory.Exists))
        {
            var files = Directory.GetFiles(folder, "libnvrtc*.so*").Where(file => !file.Contains(".alt.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            // NVRTC loads its other half by name; once loaded it is found wherever it lies.
            foreach (var part in files.Where(IsBuiltins))
            {
                NativeLibrary.TryLoad(part, out _);
            }

            if (TryFirst(files.Where(file => !IsBuiltins(file))) is { } found)
            {
                return found;
            }
        }

        return TryFirst(["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"]);
    }

    /// <summary>The address of a function.</summary>
    /// <exception cref="CudaException">The library has none of that name.</exception>
    public static nint Function(nint library, string name) =>
        NativeLibrary.TryGetExport(library, name, out var function) ? function : throw new CudaException($"there is no {name} in the library that should have it");

    private static bool IsBuiltins(string file) => Path.GetFileName(file).StartsWith("libnvrtc-builtins", StringComparison.Ordinal);

    private static nint First(IEnumerable<string> names, string what) => TryFirst(names) ?? throw new CudaException($"{what} cannot be loaded");

    private static nint? TryFirst(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        return null;
    }
}
