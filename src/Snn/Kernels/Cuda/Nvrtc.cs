using System.Runtime.InteropServices;
using System.Text;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>NVIDIA's compiler for source at run time. It needs no GPU.</summary>
internal static unsafe class Nvrtc
{
    /// <summary>The kernels' source.</summary>
    public static string Source
    {
        get
        {
            using var resource = typeof(Nvrtc).Assembly.GetManifestResourceStream("neurons.cu")!;
            using var reader = new StreamReader(resource, Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Machine code for one architecture: no driver has to understand this compiler's PTX.</summary>
    /// <param name="library">NVRTC, loaded.</param>
    /// <param name="source">CUDA C++.</param>
    /// <param name="architecture">Such as <c>sm_90</c>.</param>
    /// <exception cref="CudaException">The source does not compile, or this NVRTC does not know the architecture.</exception>
    public static byte[] Compile(nint library, string source, string architecture)
    {
        var create = (delegate* unmanaged[Cdecl]<nint*, byte*, byte*, int, byte**, byte**, int>)CudaLibraries.Function(library, "nvrtcCreateProgram");
        var compile = (delegate* unmanaged[Cdecl]<nint, int, byte**, int>)CudaLibraries.Function(library, "nvrtcCompileProgram");
        var codeSize = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)CudaLibraries.Function(library, "nvrtcGetCUBINSize");
        var code = (delegate* unmanaged[Cdecl]<nint, byte*, int>)CudaLibraries.Function(library, "nvrtcGetCUBIN");
        var destroy = (delegate* unmanaged[Cdecl]<nint*, int>)CudaLibraries.Function(library, "nvrtcDestroyProgram");

        // Products are fused into sums where the source says so and nowhere else, as on a processor.
        byte[][] options = [Text($"--gpu-architecture={architecture}"), Text("--fmad=false")];
        nint program = 0;
        fixed (byte* text = Text(source), name = Text("neurons.cu"), architectureOption = options[0], fusingOption = options[1])
        {
            Check(create(&program, text, name, 0, null, null), "nvrtcCreateProgram");
            try
            {
                var all = stackalloc byte*[] { architectureOption, fusingOption };
                if (compile(program, options.Length, all) is var error and not 0)
                {
                    throw new CudaException($"NVRTC does not compile the kernels for {architecture} (error {error}): {Log(library, program)}");
                }

                nuint size = 0;
                Check(codeSize(program, &size), "nvrtcGetCUBINSize");
                var cubin = new byte[checked((int)size)];
                fixed (byte* start = cubin)
                {
                    Check(code(program, start), "nvrtcGetCUBIN");
                }

                return cubin;
            }
            finally
            {
                destroy(&program);
            }
        }
    }

    /// <summary>What the compiler says, in one line.</summary>
    private static string Log(nint library, nint program)
    {
        var logSize = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)CudaLibraries.Function(library, "nvrtcGetProgramLogSize");
        var log = (delegate* unmanaged[Cdecl]<nint, byte*, int>)CudaLibraries.Function(library, "nvrtcGetProgramLog");
        nuint size = 0;
        Check(logSize(program, &size), "nvrtcGetProgramLogSize");
        var text = new byte[checked((int)size) + 1];
        fixed (byte* start = text)
        {
            Check(log(program, start), "nvrtcGetProgramLog");
            return Marshal.PtrToStringUTF8((nint)start)!.ReplaceLineEndings(" ").Trim();
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private static void Check(int error, string function)
    {
        if (error != 0)
        {
            throw new CudaException($"{function} failed (error {error})");
        }
    }
}
