using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>Where a tensor's values lie in its device's memory. TorchSharp itself tells that of tensors on a processor alone.</summary>
internal static unsafe class DeviceMemory
{
    // What TorchSharp's own accessors call; libtorch's data_ptr().
    private static readonly delegate* unmanaged[Cdecl]<nint, nint> Data = (delegate* unmanaged[Cdecl]<nint, nint>)CudaLibraries.Function(
        NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null), "THSTensor_data");

    /// <summary>The address of the first value; 0 of no tensor. The tensor must be dense, and must outlive the use of it.</summary>
    public static nint Of(Tensor? tensor)
    {
        if (tensor is null)
        {
            return 0;
        }

        var address = Data(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
    }
}
