using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SpikeTrail.Snn.Kernels.Cuda;

namespace SpikeTrail.Snn.Tests.Kernels.Cuda;

/// <summary>
/// <c>neurons.cu</c> compiled for a processor with <c>host.cpp</c>, which stands in for the driver, NVRTC and libtorch's stream: so the
/// kernels and the code that launches them run without a GPU. Tests that use it are skipped where there is no g++.
/// </summary>
public sealed class HostGpu
{
    private static readonly Lazy<CudaLibraries?> Libraries = new(Build);

    /// <summary>The kernels of one of its devices: 0 works, 1 is unknown to the compiler, 2 does nothing, 3 is not there. Skips the test where there are none.</summary>
    internal CudaNeuronKernel Kernel(int device = 0)
    {
        SkipIfMissing();
        return new CudaNeuronKernel(new CudaModule(Libraries.Value!, device));
    }

    /// <summary>Skips the test where there is no compiler.</summary>
    public void SkipIfMissing() => Assert.SkipWhen(Libraries.Value is null, "there is no g++ on the path");

    private static CudaLibraries? Build()
    {
        var folder = Directory.CreateTempSubdirectory("spiketrail-cuda-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "neurons.cu"), Nvrtc.Source);
            using (var resource = typeof(HostGpu).Assembly.GetManifestResourceStream("host.cpp")!)
            using (var file = File.Create(Path.Combine(folder.FullName, "host.cpp")))
            {
                resource.CopyTo(file);
            }

            var start = new ProcessStartInfo("g++", ["-std=c++11", "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-o", "libhost.so", "host.cpp"])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardError = true,
            };
            using var compiler = Process.Start(start)!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, errors);

            // Once loaded it stays, with or without its file.
            var library = NativeLibrary.Load(Path.Combine(folder.FullName, "libhost.so"));
            return new CudaLibraries(library, library, library);
        }
        catch (Win32Exception)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
