using System.Runtime.InteropServices;
using System.Text;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>
/// The entry points of CUDA's driver that the kernels need, as <c>cuda.h</c> declares them: a device and an error are an int, a context,
/// module, function and stream a pointer, an error of 0 success.
/// </summary>
internal sealed unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;

    private readonly delegate* unmanaged[Cdecl]<int*, int, int> _deviceGet;
    private readonly delegate* unmanaged[Cdecl]<int*, int, int, int> _deviceGetAttribute;
    private readonly delegate* unmanaged[Cdecl]<nint*, int, int> _primaryContextRetain;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _contextPush;
    private readonly delegate* unmanaged[Cdecl]<nint*, int> _contextPop;
    private readonly delegate* unmanaged[Cdecl]<nint*, byte*, int> _moduleLoad;
    private readonly delegate* unmanaged[Cdecl]<nint*, nint, byte*, int> _moduleFunction;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> _launch;
    private readonly delegate* unmanaged[Cdecl]<int, byte**, int> _errorText;

    /// <summary>The driver of a loaded libcuda, initialised: once more does no harm.</summary>
    /// <exception cref="CudaException">It lacks a function, or finds no GPU.</exception>
    public CudaDriver(nint library)
    {
        _deviceGet = (delegate* unmanaged[Cdecl]<int*, int, int>)Function("cuDeviceGet");
        _deviceGetAttribute = (delegate* unmanaged[Cdecl]<int*, int, int, int>)Function("cuDeviceGetAttribute");
        _primaryContextRetain = (delegate* unmanaged[Cdecl]<nint*, int, int>)Function("cuDevicePrimaryCtxRetain");
        _contextPush = (delegate* unmanaged[Cdecl]<nint, int>)Function("cuCtxPushCurrent_v2");
        _contextPop = (delegate* unmanaged[Cdecl]<nint*, int>)Function("cuCtxPopCurrent_v2");
        _moduleLoad = (delegate* unmanaged[Cdecl]<nint*, byte*, int>)Function("cuModuleLoadData");
        _moduleFunction = (delegate* unmanaged[Cdecl]<nint*, nint, byte*, int>)Function("cuModuleGetFunction");
        _launch = (delegate* unmanaged[Cdecl]<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Function("cuLaunchKernel");
        _errorText = (delegate* unmanaged[Cdecl]<int, byte**, int>)Function("cuGetErrorString");
        Check(((delegate* unmanaged[Cdecl]<uint, int>)Function("cuInit"))(0), "cuInit");

        nint Function(string name) => CudaLibraries.Function(library, name);
    }

    /// <summary>A device by its number, which is libtorch's too: both count what CUDA_VISIBLE_DEVICES leaves.</summary>
    public int Device(int number)
    {
        int device;
        Check(_deviceGet(&device, number), "cuDeviceGet");
        return device;
    }

    /// <summary>A device's architecture, such as <c>sm_90</c>.</summary>
    public string Architecture(int device) => $"sm_{Attribute(device, ComputeCapabilityMajor)}{Attribute(device, ComputeCapabilityMinor)}";

    /// <summary>The context that libtorch uses on a device, kept for as long as the process lives.</summary>
    public nint PrimaryContext(int device)
    {
        nint context;
        Check(_primaryContextRetain(&context, device), "cuDevicePrimaryCtxRetain");
        return context;
    }

    /// <summary>Does something while a context is the calling thread's; afterwards the thread has the one that it had.</summary>
    public void Within(nint context, Action work)
    {
        Check(_contextPush(context), "cuCtxPushCurrent");
        try
        {
            work();
        }
        finally
        {
            nint popped;
            Check(_contextPop(&popped), "cuCtxPopCurrent");
        }
    }

    /// <summary>Loads machine code into the current context; it stays.</summary>
    public nint LoadModule(byte[] cubin)
    {
        nint module;
        fixed (byte* image = cubin)
        {
            Check(_moduleLoad(&module, image), "cuModuleLoadData");
        }

        return module;
    }

    /// <summary>A module's kernel.</summary>
    public nint Kernel(nint module, string name)
    {
        nint kernel;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            Check(_moduleFunction(&kernel, module, text), $"cuModuleGetFunction of {name}");
        }

        return kernel;
    }

    /// <summary>Starts a kernel of one argument, which is copied at once, on a stream of the current context. The kernel itself runs later.</summary>
    public void Launch(nint kernel, LaunchSize size, nint stream, void* argument)
    {
        var arguments = stackalloc void*[] { argument };
        Check(_launch(kernel, size.Blocks, 1, 1, size.Threads, 1, 1, 0, stream, arguments, null), "cuLaunchKernel");
    }

    private int Attribute(int device, int attribute)
    {
        int value;
        Check(_deviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }

    private void Check(int error, string function)
    {
        if (error != 0)
        {
            byte* text = null;
            var said = _errorText(error, &text) == 0 && text != null ? Marshal.PtrToStringUTF8((nint)text) : "no such error";
            throw new CudaException($"{function} failed (error {error}: {said})");
        }
    }
}
